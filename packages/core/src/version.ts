/** The version that saved explanations and reports name; a test keeps it equal to the packages'. */
export const VERSION = "0.2.0";
