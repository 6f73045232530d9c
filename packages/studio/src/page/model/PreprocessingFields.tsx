import type { Preprocessing, PresetName } from "@limn/core";
import { useEffect, useState } from "react";
import type { StudioModel } from "../store/model.js";
import { useStudio } from "../store/studio.js";

const PRESETS: Readonly<Record<PresetName, string>> = {
  imagenet: "ImageNet's mean and deviation",
  clip: "CLIP's mean and deviation",
  tf: "-1 to 1 (TensorFlow)",
  unit: "0 to 1",
  raw: "0 to 255, as files have them",
  caffe: "Caffe: minus the mean, blue first",
  mnist: "MNIST's mean and deviation",
};

/** How photos become the model's input. What is changed counts at once, so that one sees the predictions change. */
export function PreprocessingFields({ model }: { readonly model: StudioModel }) {
  const correct = useStudio((studio) => studio.correct);
  const { preprocessing, choice } = model;
  const chosen =
    typeof choice.preprocessing === "string" ? choice.preprocessing : choice.preprocessing ? "own" : "found";
  const change = (part: Partial<Preprocessing>) =>
    preprocessing && void correct({ preprocessing: { ...preprocessing, ...part } });
  return (
    <div className="field">
      <label htmlFor="preset">Preprocessing</label>
      <select
        id="preset"
        className="input select"
        value={chosen}
        onChange={({ target: { value } }) =>
          void correct({ preprocessing: value === "found" ? undefined : (value as PresetName) })
        }
      >
        <option value="found">As found: {model.preprocessingFrom}</option>
        {model.presets.map((name) => (
          <option key={name} value={name}>
            {PRESETS[name]}
          </option>
        ))}
        {chosen === "own" && <option value="own">Own numbers</option>}
      </select>
      {preprocessing && (
        <details className="numbers">
          <summary>The numbers</summary>
          <div className="numbers-grid">
            <NumbersField name="Mean" value={preprocessing.mean} onChange={(mean) => change({ mean })} />
            <NumbersField name="Deviation" value={preprocessing.std} onChange={(std) => change({ std })} />
            <NumbersField
              name="Factor on 0 to 255"
              value={[preprocessing.rescale]}
              onChange={([rescale = 1]) => change({ rescale })}
            />
            <Choice
              name="Colors"
              value={preprocessing.channels}
              options={["rgb", "bgr", "gray"]}
              onChange={(channels) => change({ channels })}
            />
            <Choice
              name="Interpolation"
              value={preprocessing.resample}
              options={["bilinear", "bicubic", "nearest"]}
              onChange={(resample) => change({ resample })}
            />
            <SizeField name="Resize" value={preprocessing.resize} onChange={(resize) => change({ resize })} />
            <SizeField
              name="Crop"
              value={preprocessing.centerCrop}
              onChange={(size) => change({ centerCrop: typeof size === "number" ? [size, size] : size })}
            />
          </div>
        </details>
      )}
    </div>
  );
}

interface FieldProps<Value> {
  readonly name: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** A text that is read when it is left, or at Enter. */
function TextField({ name, value, onChange }: FieldProps<string>) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const take = () => {
    if (text !== value) onChange(text);
  };
  return (
    <label className="field">
      <span className="label">{name}</span>
      <input
        className="input"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && take()}
      />
    </label>
  );
}

const numbersIn = (text: string): number[] =>
  text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);

const NumbersField = ({ name, value, onChange }: FieldProps<readonly number[]>) => (
  <TextField
    name={name}
    value={value.map((v) => Number(v.toPrecision(6))).join(", ")}
    onChange={(text) => onChange(numbersIn(text))}
  />
);

/** A shorter edge, an exact size "height, width", or "none". */
function SizeField({ name, value, onChange }: FieldProps<Preprocessing["resize"]>) {
  const read = (text: string): Preprocessing["resize"] => {
    const [height, width] = numbersIn(text);
    if (height === undefined || Number.isNaN(height)) return "none";
    return width === undefined ? height : [height, width];
  };
  return (
    <TextField
      name={name}
      value={typeof value === "object" ? value.join(", ") : String(value)}
      onChange={(text) => onChange(read(text))}
    />
  );
}

function Choice<Option extends string>({
  name,
  value,
  options,
  onChange,
}: FieldProps<Option> & { readonly options: readonly Option[] }) {
  return (
    <label className="field">
      <span className="label">{name}</span>
      <select className="input select" value={value} onChange={(event) => onChange(event.target.value as Option)}>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}
