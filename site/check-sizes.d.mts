export function tooLarge(folder: string): string[];
