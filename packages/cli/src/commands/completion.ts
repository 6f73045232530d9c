import { Argument, Command, type Option } from "commander";
import { wordsOf } from "../options.js";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** @param loadAll gives every command, with its options */
export function completionCommand(loadAll: () => Promise<readonly Command[]>): Command {
  return new Command("completion")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  $ eval "$(limn completion bash)"                                    # in ~/.bashrc
  $ eval "$(limn completion zsh)"                                     # in ~/.zshrc, after compinit
  $ limn completion fish > ~/.config/fish/completions/limn.fish`,
    )
    .action(async (shell: Shell) => {
      const commands = [...(await loadAll()), helpCommand(await loadAll())];
      process.stdout.write(SCRIPTS[shell](commands));
    });
}

const helpCommand = (commands: readonly Command[]): Command =>
  new Command("help")
    .description("Shows a command's options and examples.")
    .addArgument(new Argument("[command]").choices(commands.map((command) => command.name())));

const SCRIPTS: Readonly<Record<Shell, (commands: readonly Command[]) => string>> = { bash, zsh, fish };

/** The values of a command's first argument if only some are possible. */
const operandsOf = (command: Command): readonly string[] => command.registeredArguments[0]?.argChoices ?? [];

const flagsOf = ({ long, short }: Option): string[] => [long, short].flatMap((flag) => flag ?? []);

/** Whether its value is a list with commas. */
const isList = (option: Option): boolean => option.flags.includes(",...");

/** Options that every command has. */
const EVERYWHERE = ["--help", "--verbose", "--quiet", "--no-color", "--config"];

/** Text in single quotes, as all three shells read it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The first sentence of a description, since a line has no room for more. */
const briefly = (text: string): string => text.split(/[.;:](?: |$)| \(/)[0] as string;

const values = (commands: readonly Command[]) =>
  commands.flatMap((command) =>
    command.options
      .filter((option) => wordsOf(option).length > 0)
      .map((option) => ({ command: command.name(), option, words: wordsOf(option) })),
  );

function bash(commands: readonly Command[]): string {
  const names = commands.map((command) => command.name()).join(" ");
  const lists = values(commands).map(
    ({ command, option, words }) => `    "${command} ${option.long}") words=${quoted(words.join(" "))} ;;`,
  );
  const flags = commands.map((command) => {
    const own = command.options.flatMap(flagsOf);
    return `    ${command.name()}) words=${quoted([...own, ...EVERYWHERE].join(" "))} ;;`;
  });
  const operands = commands.flatMap((command) => {
    const words = operandsOf(command);
    return words.length > 0 ? [`    ${command.name()}) words=${quoted(words.join(" "))} ;;`] : [];
  });
  // values of a list are completed one by one, after its last comma
  return `# completes limn in bash: eval "$(limn completion bash)"
_limn() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '${names}' -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${lists.join("\n")}
  esac
  if [[ -n $words ]]; then
    local begun=""
    if [[ $word == *,* ]]; then begun="\${word%,*},"; fi
    COMPREPLY=($(compgen -P "$begun" -W "$words" -- "\${word##*,}"))
    return
  fi
  if [[ $word == -* ]]; then
    case "\${COMP_WORDS[1]}" in
${flags.join("\n")}
    esac
  else
    case "\${COMP_WORDS[1]}" in
${operands.join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _limn limn
`;
}

function zsh(commands: readonly Command[]): string {
  // in a description, these would end it
  const told = (text: string) => briefly(text).replace(/[[\]:\\]/g, " ");
  const specOf = (option: Option): string => {
    const words = wordsOf(option);
    const what =
      words.length > 0
        ? `:value:${isList(option) ? `_values -s , value ${words.join(" ")}` : `(${words.join(" ")})`}`
        : ":value:_files";
    const taken = option.required || option.optional ? what : "";
    return `      ${quoted(`*${option.long}[${told(option.description)}]${taken}`)}`;
  };
  const cases = commands.map((command) => {
    const words = operandsOf(command);
    const rest = words.length > 0 ? `1:value:(${words.join(" ")})` : "*:file:_files";
    const specs = [...command.options.map(specOf), ...EVERYWHERE.map((flag) => `      ${quoted(`${flag}[]`)}`)];
    return `    ${command.name()}) _arguments \\\n${[...specs, `      ${quoted(rest)}`].join(" \\\n")} ;;`;
  });
  const names = commands.map((command) => `    ${quoted(`${command.name()}:${told(command.description())}`)}`);
  return `#compdef limn
# completes limn in zsh: eval "$(limn completion zsh)"
_limn() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join("\n")}
  esac
}
compdef _limn limn
`;
}

function fish(commands: readonly Command[]): string {
  const proposed = (option: Option) =>
    isList(option) ? `(__limn_list ${wordsOf(option).join(" ")})` : wordsOf(option).join(" ");
  const isCalled = (name: string) => quoted(`__fish_seen_subcommand_from ${name}`);
  const names = commands.map(
    (command) =>
      `complete -c limn -n __fish_use_subcommand -f -a ${command.name()} -d ${quoted(briefly(command.description()))}`,
  );
  const options = commands.flatMap((command) =>
    command.options.map((option) => {
      const words = wordsOf(option);
      const taken =
        option.required || option.optional ? (words.length > 0 ? ` -x -a ${quoted(proposed(option))}` : " -r") : "";
      return `complete -c limn -n ${isCalled(command.name())} -l ${option.long?.slice(2)}${taken} -d ${quoted(briefly(option.description))}`;
    }),
  );
  const operands = commands.flatMap((command) => {
    const words = operandsOf(command);
    return words.length > 0 ? [`complete -c limn -n ${isCalled(command.name())} -f -a ${quoted(words.join(" "))}`] : [];
  });
  const everywhere = EVERYWHERE.map((flag) => `complete -c limn -l ${flag.slice(2)}`);
  return `# completes limn in fish: limn completion fish > ~/.config/fish/completions/limn.fish
function __limn_list
  __fish_complete_list , "printf '%s\\n' $argv"
end
${[...names, ...options, ...operands, ...everywhere].join("\n")}
`;
}
