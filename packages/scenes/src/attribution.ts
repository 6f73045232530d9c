import { FAMILIES, type FamilyName } from "./families.js";

/** The address of a license's text, by its SPDX identifier. */
export const licenseUrl = (license: string): string => `https://spdx.org/licenses/${license}.html`;

/** The authors and licenses of the drawings, as Markdown. It has to go wherever the scenes go. */
export function attributionOf(families: readonly FamilyName[]): string {
  const rows = families.map((family) => {
    const { title, author, license, url } = FAMILIES[family];
    return `| ${family} | [${title}](${url}) | ${author} | [${license}](${licenseUrl(license)}) |`;
  });
  return `# Attribution

The scenes in this folder were drawn by Limn from the icon families below. Their drawings were brought to pixels, scaled,
turned, mirrored, given other tints, laid over each other, blurred and overlaid with noise.

| family | title | author | license |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}
