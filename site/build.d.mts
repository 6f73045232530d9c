export function buildSite(options: { readonly out: string; readonly api?: boolean }): Promise<void>;
