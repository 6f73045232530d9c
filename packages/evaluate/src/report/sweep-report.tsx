import { basename, join } from "node:path";
import { IOU_THRESHOLD, LOC_DELTA, type Picture } from "@limn/core";
import { type DepthSweep, makeFolder, type PictureExplainer, writeFileAtomically } from "@limn/node";
import { type SweepSheet, type SweepTile, stemOf, sweepSheetOf } from "@limn/node/internal";
import type { JSX } from "preact";
import type { Conclusion } from "../conclusion.js";
import { ColorBar } from "./color-bar.js";
import { imageUrl } from "./image-url.js";
import { type Named, NamedTable } from "./named-table.js";
import { htmlOf, Page } from "./page.js";
import { sweepConclusion } from "./sweep-conclusion.js";

export interface SaveSweepReportOptions {
  /** Where the report is written. It is made if it is missing. */
  readonly folder: string;
  /** The object that maps were to find, as `sweepOf` took it. */
  readonly object?: Uint8Array | undefined;
}

/**
 * Writes the report of a depth sweep, one HTML file that needs nothing else: the verdict, and the maps of each class as a table of
 * methods and stages.
 * @returns the file's path
 * @throws LimnError `output` if the folder or the file can't be written
 */
export async function saveSweepReport(
  explainer: PictureExplainer,
  sweep: DepthSweep,
  { folder, object }: SaveSweepReportOptions,
): Promise<string> {
  const [first] = sweep.blocks;
  if (!first) throw new Error("a sweep without a class");
  const sheet = await sweepSheetOf(explainer, sweep, object);
  const urls = new Map<Uint8Array, string>();
  const { width, height } = sheet.picture;
  const tiles = sheet.blocks.flatMap(({ rows }) => rows.flatMap((row) => row.tiles.flatMap((tile) => tile ?? [])));
  for (const { rgb } of [sheet.picture, ...tiles]) urls.set(rgb, await imageUrl(rgb, width, height));
  const path = join(folder, `${stemOf(first.explanation.path)}.sweep.html`);
  const about = `${basename(first.explanation.path)}, at every stage of ${basename(explainer.classifier.location)}`;
  await makeFolder(folder);
  await writeFileAtomically(path, htmlOf(SweepPage, { sheet, urls, about, conclusion: sweepConclusion(sweep) }));
  return path;
}

const SCALES = `Each map has its own scale, whose ends are written below its bar; ">" if values lie beyond.`;
const FIGURES = `Loc where the map is above ${LOC_DELTA} of its range, IoU above ${IOU_THRESHOLD}; hit: its highest point is on the object.`;

interface SweepContent {
  readonly sheet: SweepSheet;
  /** The images, by their pixels. */
  readonly urls: ReadonlyMap<Uint8Array, string>;
  readonly about: string;
  readonly conclusion: Conclusion;
}

function SweepPage({ sheet, urls, about, conclusion }: SweepContent): JSX.Element {
  const { picture, caption, subtitle, columns, blocks } = sheet;
  const hasFigures = blocks.some(({ rows }) =>
    rows.some(({ tiles }) => tiles.some((tile) => tile?.figures !== undefined)),
  );
  return (
    <Page
      title={about}
      about={about}
      conclusion={conclusion}
      evidence={
        <figure class="shown" style="max-width:260px">
          <img src={urls.get(picture.rgb)} alt="what is explained" style={ratioOf(picture)} />
          <figcaption>
            {subtitle}. {caption !== "picture" && `${caption}.`}
          </figcaption>
        </figure>
      }
    >
      {blocks.map(({ heading, rows }) => (
        <section key={heading}>
          <h2>{heading}</h2>
          <NamedTable
            kind="sweep"
            caption={SCALES + (hasFigures ? ` ${FIGURES}` : "")}
            corner="method"
            columns={columns.map((stage, i): Named & { i: number } => ({
              name: stage.name,
              i,
              head: (
                <>
                  {stage.name} <small class="faint">{stage.detail}</small>
                </>
              ),
            }))}
            rows={rows}
            cell={({ name, tiles }, { name: stage, i }) => (
              <td key={stage}>
                <Tile tile={tiles[i]} picture={picture} urls={urls} about={`${name} at ${stage}`} />
              </td>
            )}
          />
        </section>
      ))}
    </Page>
  );
}

const ratioOf = ({ width, height }: Picture): string => `aspect-ratio:${width}/${height}`;

function Tile(props: {
  readonly tile: SweepTile | undefined;
  readonly picture: Picture;
  readonly urls: SweepContent["urls"];
  readonly about: string;
}): JSX.Element {
  const { tile, picture, urls, about } = props;
  if (!tile) return <div class="blank">the model can't have this map</div>;
  if (tile.note !== undefined) return <div class="blank">{tile.note}</div>;
  return (
    <figure class="shown">
      <div class="lined">
        <img src={urls.get(tile.rgb)} alt={about} style={ratioOf(picture)} />
        <svg viewBox={`0 0 ${picture.width} ${picture.height}`} aria-hidden="true">
          {tile.outline.map((line) => {
            const points = line.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
            return (
              <>
                <polyline class="edge" points={points} />
                <polyline points={points} />
              </>
            );
          })}
        </svg>
      </div>
      <ColorBar colors={tile.colors} range={tile.range} />
      {tile.figures !== undefined && <figcaption>{tile.figures}</figcaption>}
    </figure>
  );
}
