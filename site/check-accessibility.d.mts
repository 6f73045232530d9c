export function barriers(folder: string, pages: readonly string[], executablePath: string): Promise<string[]>;
