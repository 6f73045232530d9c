import { spread, stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

const indicesUnread = { outputs: 2, unread: [1] };
const k = stored("int64", [1], [2]);

checkOperator(
  "TopK",
  [
    { name: "largest of the last axis", inputs: [spread([2, 3, 4]), k], ...indicesUnread },
    {
      name: "smallest of another, unsorted",
      inputs: [spread([4, 3]), k],
      attributes: { axis: 0, largest: 0, sorted: 0 },
      ...indicesUnread,
    },
  ],
  { withoutGolden: RARE },
);
