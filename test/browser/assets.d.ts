// What vite makes of an import by address.
declare module "*?url" {
  const url: string;
  export default url;
}
