import { Slider as Base } from "@base-ui/react/slider";

interface SliderProps {
  readonly name: string;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly onChange: (value: number) => void;
  /** What a screen reader says of a value. */
  readonly say?: (value: number) => string;
  /** Whether the name is only for screen readers. */
  readonly nameUnseen?: boolean;
}

export function Slider({ name, value, min = 0, max = 1, step = 0.01, onChange, say, nameUnseen = false }: SliderProps) {
  return (
    <Base.Root
      className="slider"
      value={value}
      min={min}
      max={max}
      step={step}
      largeStep={10 * step}
      onValueChange={(next) => onChange(next as number)}
    >
      <span className={nameUnseen ? "unseen" : "faint"} aria-hidden="true">
        {name}
      </span>
      <Base.Control className="slider-control">
        <Base.Track className="slider-track">
          <Base.Indicator className="slider-indicator" />
          <Base.Thumb
            className="slider-thumb"
            getAriaLabel={() => name}
            // as a function, it would be given the value in the words of Intl, which takes 10 ms to begin
            aria-valuetext={say?.(value)}
          />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  );
}
