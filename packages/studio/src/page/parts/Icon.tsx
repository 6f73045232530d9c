const PATHS = {
  plus: "M8 3v10M3 8h10",
  close: "m4 4 8 8m0-8-8 8",
  pin: "M6 2h4l-.5 4.5L12 9v1.5H4V9l2.5-2.5zM8 10.5V14",
  check: "m3 8.5 3.5 3.5L13 4.5",
  down: "m4 6 4 4 4-4",
  left: "m10 4-4 4 4 4",
  right: "m6 4 4 4-4 4",
  grid: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
  take: "M8 2.5v7m0 0L5 6.8M8 9.5l3-2.7M3 11v2.5h10V11",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  camera: "M2 5h3l1-1.5h4L11 5h3v8H2zM8 6.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
  photo: "M2 3h12v10H2zM2 11l3.5-3.5L9 11l2-2 3 3M10.5 6.2a.7.7 0 1 0 0-.1z",
  dice: "M3 3h10v10H3zM5.5 5.5h.1M10.5 5.5h.1M8 8h.1M5.5 10.5h.1M10.5 10.5h.1",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5 14 14",
  box: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  outline:
    "M8 2.5c3.3 0 5.5 1.6 5.5 4S11.300 10.500 8 10.500 2.500 9 2.500 6.500 4.700 2.500 8 2.500zM5.200 10.200c-.9 1.200-.2 2.300.8 3.300",
  zoomIn: "M8 3v10M3 8h10",
  zoomOut: "M3 8h10",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing of 16 pixels; the button around it has the name. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
