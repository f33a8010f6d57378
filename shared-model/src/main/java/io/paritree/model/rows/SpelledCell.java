package io.paritree.model.rows;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A cell in the spelling of a tool that writes CSV, which is no number, boolean or missing value
 * here.
 *
 * @param kind what the tool means by it
 * @param value what it means as a slot: the number, 1 or 0, or NaN for missing
 */
public record SpelledCell(Kind kind, float value) {
  private static final Set<String> TRUE = Set.of("true", "t", "yes");
  private static final Set<String> FALSE = Set.of("false", "f", "no");
  private static final Set<String> MISSING =
      Set.of("na", "n/a", "nan", "#n/a", "<na>", "null", "none", "nat", "\\n", "?", "-", ".");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]+)?");

  /** What a tool means by such a cell. */
  public enum Kind {
    /** A boolean, such as pandas' {@code True} or R's {@code TRUE}. */
    BOOLEAN(
        "write booleans as true and false or as 1 and 0 (in pandas, column.astype(int)), and give"
            + " \"boolean\" as \"type\" for true and false"),
    /** A missing value, such as {@code NA}. */
    MISSING(
        "leave missing cells empty (pandas: na_rep=\"\"; R: na = \"\"), or give the text as"
            + " \"missing\""),
    /** A number in another form than JSON's, such as {@code .5}. */
    NUMBER("write numbers as JSON does: 0.5 and not .5, 5 or 5.0 and not 5., 007 or +5");

    private final String cure;

    Kind(String cure) {
      this.cure = cure;
    }

    /** Returns what to do about it. */
    public String cure() {
      return cure;
    }
  }

  /** Returns what a cell that is refused means; empty if it is no known spelling. */
  public static Optional<SpelledCell> of(String cell) {
    String text = cell.strip();
    String lower = text.toLowerCase(Locale.ROOT);
    if (TRUE.contains(lower) || FALSE.contains(lower)) {
      return Optional.of(new SpelledCell(Kind.BOOLEAN, TRUE.contains(lower) ? 1f : 0f));
    }

    if (MISSING.contains(lower)) {
      return Optional.of(new SpelledCell(Kind.MISSING, Float.NaN));
    }

    return NUMBER.matcher(text).matches()
        ? Optional.of(
            new SpelledCell(Kind.NUMBER, (float) Double.parseDouble(text.replace(',', '.'))))
        : Optional.empty();
  }
}
