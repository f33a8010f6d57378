package io.paritree.spark.report;

import java.util.List;

/** Tables on the console. */
public final class AlignedLines {
  private AlignedLines() {}

  /**
   * Returns lines whose columns are aligned.
   *
   * @param margin begins each line
   * @param sides for each column {@code l} (texts) or {@code r} (numbers)
   */
  public static String of(String margin, String sides, List<String[]> lines) {
    int[] widths = new int[sides.length()];
    for (String[] line : lines) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], line[column].length());
      }
    }

    StringBuilder text = new StringBuilder();
    for (String[] line : lines) {
      StringBuilder aligned = new StringBuilder(margin);
      for (int column = 0; column < widths.length; column++) {
        String padding = " ".repeat(widths[column] - line[column].length());
        boolean isText = sides.charAt(column) == 'l';
        aligned.append(column == 0 ? "" : "  ");
        aligned.append(isText ? line[column] + padding : padding + line[column]);
      }

      text.append(aligned.toString().stripTrailing()).append('\n');
    }

    return text.toString();
  }
}
