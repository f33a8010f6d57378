package io.paritree.model.trainer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Does what a message says, as somebody would who has only the message. */
final class WordedCure {
  private static final Pattern ADVICE =
      Pattern.compile(
          "(?:what agrees, with \\d+ of \\d+ rows(?: tried)?|\\d+ of \\d+ refused rows agree with the predictions): ([^|]*)");
  private static final Pattern NAME = Pattern.compile("'(\\w+)'");
  private static final Pattern COLUMNS =
      Pattern.compile(
          "the columns of ([^:]*?) were (?:exchanged|in a circle): give as their \"column\" ((?:\"\\w+\"(?:, )?)+)");
  private static final Pattern ORDER =
      Pattern.compile("(?:\"column\", in model order,? )((?:\"\\w+\"(?:, )?)+)");
  private static final Pattern MEMBER =
      Pattern.compile("give '(\\w+)' \"(\\w+)\": (\\[[^\\]]*\\]|\"\\w+\"|true)");
  private static final Pattern MISSING =
      Pattern.compile(
          "took [^:;]*? of ((?:'\\w+'(?:, )?)+) as missing: give \"missing\": (\\[[^\\]]*\\])( and take it out)?");
  private static final Pattern OUT = Pattern.compile("leave \"missing\" of '(\\w+)' out");
  private static final Pattern ZONE = Pattern.compile("give \"zone\": (\"[^\"]+\")");
  private static final Pattern OPTION = Pattern.compile("give (--(?:rounds|offset) \\w+)");
  private static final Pattern EXPECTED = Pattern.compile("give --expected ([\\w,]+)");
  private static final Pattern COMPUTED =
      Pattern.compile(
          "the trainer took ([^:']*'(\\w+)'[^:]*?), which no key of the schema does: write that into");
  private static final Pattern INVERTED =
      Pattern.compile(
          "write true for false and false for true \\(1 for 0\\) into the column of '(\\w+)'");
  private static final Pattern FILLED =
      Pattern.compile(
          "filled the missing values of ((?:'\\w+'(?:, )?)+) with [^:]*: fill them in the column itself");
  private static final Pattern OFFSET =
      Pattern.compile(
          "the trainer gave the (logarithm|exponential) of \\[(\\w+)\\] as base margin: write it as a column");
  private static final Pattern ENCODED =
      Pattern.compile("encoded the texts of '(\\w+)' as numbers[^:]*: write the numbers");

  private final PlantedCase mistake;
  private final PlantedCase.Cured cured;
  private boolean isDone;

  private WordedCure(PlantedCase mistake) {
    this.mistake = mistake;
    this.cured = mistake.planted();
  }

  /** Returns the advice of a message; empty if it advises nothing. */
  static String advice(String message) {
    Matcher advice = ADVICE.matcher(message);
    List<String> found = new ArrayList<>();
    while (advice.find()) {
      found.add(advice.group(1).strip());
    }

    return String.join(" ; ", found);
  }

  /** Does it; empty if the words are not understood. */
  static Optional<PlantedCase.Cured> of(PlantedCase mistake, String advice) {
    WordedCure cure = new WordedCure(mistake);
    cure.apply(advice);
    return cure.isDone ? Optional.of(cure.cured) : Optional.empty();
  }

  private void apply(String advice) {
    each(COLUMNS, advice, m -> give(names(m.group(1)), "column", quoted(m.group(2))));
    each(ORDER, advice, m -> give(mistake.features, "column", quoted(m.group(1))));
    each(MEMBER, advice, m -> give(List.of(m.group(1)), m.group(2), List.of(m.group(3))));
    each(
        MISSING,
        advice,
        m -> {
          for (String feature : names(m.group(1))) {
            give(List.of(feature), "missing", List.of(m.group(2)));
            if (m.group(3) != null) {
              String value = m.group(2).substring(1, m.group(2).length() - 1);
              cured
                  .schema
                  .get(feature)
                  .computeIfPresent(
                      "categories",
                      (key, all) -> all.replace(value + ", ", "").replace(", " + value, ""));
            }
          }
        });
    each(OUT, advice, m -> cured.schema.get(m.group(1)).remove("missing"));
    each(ZONE, advice, m -> give(List.of("hour"), "zone", List.of(m.group(1))));
    each(
        OPTION,
        advice,
        m -> {
          String[] option = m.group(1).split(" ");
          cured.options.removeIf(other -> other.startsWith(option[0]));
          cured.options.add(option[0] + "=" + option[1]);
        });
    each(EXPECTED, advice, m -> cured.expected = m.group(1));
    each(COMPUTED, advice, m -> write(m.group(2), PlantedMistakes.on(function(m.group(1)))));
    each(INVERTED, advice, m -> write(m.group(1), WordedCure::inverted));
    each(
        FILLED,
        advice,
        m ->
            names(m.group(1))
                .forEach(
                    feature ->
                        write(
                            feature,
                            mistake.made.getOrDefault(
                                feature, cell -> cell.isEmpty() ? "0" : cell))));
    each(
        OFFSET,
        advice,
        m -> {
          DoubleUnaryOperator of = m.group(1).equals("logarithm") ? Math::log : Math::exp;
          cured.options.removeIf(option -> option.startsWith("--offset"));
          String column = m.group(2);
          cured.options.add("--offset=given");
          cured.cells.add(row -> row.put("given", PlantedMistakes.on(of).apply(row.get(column))));
        });
    each(
        ENCODED,
        advice,
        m -> write(m.group(1), cell -> String.valueOf(PlantedCase.COLORS.indexOf(cell))));
    if (advice.contains("do not give [")) {
      cured.options.removeIf(option -> option.startsWith("--offset"));
      isDone = true;
    }

    if (advice.contains("write predict")
        || advice.contains("write what predict")
        || advice.contains("write them in full")) {
      cured.isWritten = true;
      isDone = true;
    }
  }

  private interface Step {
    void take(Matcher found);
  }

  private void each(Pattern pattern, String advice, Step step) {
    Matcher found = pattern.matcher(advice);
    while (found.find()) {
      step.take(found);
      isDone = true;
    }
  }

  private void give(List<String> features, String member, List<String> values) {
    for (int at = 0; at < features.size(); at++) {
      cured
          .schema
          .computeIfAbsent(features.get(at), key -> new LinkedHashMap<>())
          .put(member, values.get(at));
    }
  }

  /** Writes what a feature reads otherwise. */
  private void write(String feature, UnaryOperator<String> cell) {
    Map<String, String> members = cured.schema.get(feature);
    String column = members.getOrDefault("column", PlantedCase.quoted(feature)).replace("\"", "");
    cured.cells.add(row -> row.put(column, cell.apply(row.get(column))));
  }

  private static String inverted(String cell) {
    return switch (cell) {
      case "true" -> "false";
      case "false" -> "true";
      case "1" -> "0";
      case "0" -> "1";
      default -> cell;
    };
  }

  private static DoubleUnaryOperator function(String words) {
    if (words.contains("natural")) {
      return Math::log;
    } else if (words.contains("logarithm of 1 +")) {
      return Math::log1p;
    } else if (words.contains("decimal")) {
      return Math::log10;
    } else if (words.contains("binary")) {
      return value -> Math.log(value) / Math.log(2);
    } else if (words.contains("less 1")) {
      return Math::expm1;
    } else if (words.contains("exponential")) {
      return Math::exp;
    } else if (words.startsWith("100 times")) {
      return value -> value * 100;
    } else if (words.startsWith("a hundredth")) {
      return value -> value / 100;
    } else if (words.startsWith("1000 times")) {
      return value -> value * 1000;
    } else if (words.startsWith("a thousandth")) {
      return value -> value / 1000;
    }

    throw new IllegalArgumentException(words);
  }

  private static List<String> names(String text) {
    return found(NAME, text);
  }

  private static List<String> quoted(String text) {
    return found(Pattern.compile("(\"\\w+\")"), text);
  }

  private static List<String> found(Pattern pattern, String text) {
    List<String> all = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      all.add(matcher.group(1));
    }

    return all;
  }
}
