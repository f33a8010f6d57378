package io.paritree.model.trainer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Mistakes that people make between training and sealing, and what names them. */
final class PlantedMistakes {
  /** By kind, what plants it. */
  static final Map<String, Consumer<PlantedCase>> ALL = new LinkedHashMap<>();

  /** By kind, the cause that is true, as a regular expression; none if no cause is known. */
  static final Map<String, String> CAUSES = new LinkedHashMap<>();

  private static final List<String> NUMBERS =
      List.of("income", "rate", "age", "distance", "duration", "balance", "x1", "x2", "x3");

  private PlantedMistakes() {}

  private static void kind(String name, String cause, Consumer<PlantedCase> plant) {
    ALL.put(name, plant);
    if (!cause.isEmpty()) {
      CAUSES.put(name, cause);
    }
  }

  static {
    computed("log", "natural logarithm", List.of("income", "distance"), Math::log);
    computed("log1p", "logarithm of 1 \\+", List.of("income", "distance", "rate"), Math::log1p);
    computed("log10", "decimal logarithm", List.of("income", "distance"), Math::log10);
    computed(
        "log2", "binary logarithm", List.of("income", "distance"), v -> Math.log(v) / Math.log(2));
    computed("exp", "the exponential of '\\w+' \\(", List.of("rate", "x2", "x4"), Math::exp);
    computed("expm1", "exponential of '\\w+' less 1", List.of("rate", "x2", "x4"), Math::expm1);
    computed("per cent", "100 times", List.of("rate", "balance", "x3"), v -> v * 100);
    computed("of per cent", "a hundredth", List.of("rate", "age", "balance"), v -> v / 100);
    computed("of thousands", "1000 times", List.of("distance", "rate"), v -> v * 1000);
    computed("thousands", "a thousandth", List.of("income", "balance"), v -> v / 1000);
    computed("square root, unknown", "", List.of("income", "distance", "age"), Math::sqrt);
    computed("square, unknown", "", List.of("balance", "x1", "age"), v -> v * v);
    computed("standardised, unknown", "", List.of("income", "age", "x1"), v -> (v - 31.7) / 14.2);
    computed("tens, unknown", "", List.of("age", "distance", "x1"), v -> Math.floor(v / 10));
    computed("negated, unknown", "", List.of("balance", "x1", "age"), v -> -v);
    later("limited later, unknown", c -> Math.max(-20, Math.min(25, c)));
    later("shifted later, unknown", c -> c + 3.5);
    kind(
        "shuffled, unknown",
        "",
        c -> {
          String feature = c.add(NUMBERS);
          String other = c.add(List.of("x5", "x6"));
          c.sources.put(feature, other);
          c.made.put(feature, PlantedMistakes::scrambled);
        });
    kind(
        "inverted truth",
        "the opposite of 'active'",
        c -> {
          c.add("active");
          c.made.put("active", cell -> cell.equals("true") ? "false" : "true");
        });
    kind(
        "inverted 0 and 1",
        "the opposite of 'isnew'",
        c -> {
          c.add("isnew");
          c.made.put("isnew", cell -> cell.equals("0") ? "1" : "0");
        });
    kind("exchange", "exchanged|took '\\w+' from the column", c -> circle(c, 2));
    kind("circle of three", "circle|another place|took '\\w+' from the column", c -> circle(c, 3));
    kind(
        "order of the file",
        "order of the (file|columns)|exchanged|circle|another place|took '\\w+' from",
        c -> {
          c.features.retainAll(NUMBERS);
          c.schema.keySet().retainAll(NUMBERS);
          c.orders.clear();
          List.of("age", "rate", "income", "balance").forEach(c::add);
          List<String> inFile =
              c.features.stream().sorted(Comparator.comparing(NUMBERS::indexOf)).toList();
          for (int at = 0; at < inFile.size(); at++) {
            c.sources.put(c.features.get(at), inFile.get(at));
          }
        });
    kind(
        "unread column",
        "from the column 'income_eur'",
        c -> {
          c.add("income");
          c.sources.put("income", "income_eur");
        });
    for (String sentinel : List.of("-999", "0", "9999")) {
      kind(
          "sentinel " + sentinel,
          "took %s(\\.0)? of .* as missing".formatted(sentinel),
          c -> {
            String feature = c.add(NUMBERS);
            sometimes(c, feature, 10, sentinel);
            double number = Double.parseDouble(sentinel);
            c.made.put(
                feature, cell -> cell.isEmpty() || Double.parseDouble(cell) == number ? "" : cell);
          });
    }

    kind(
        "sentinel of many",
        "took -1 of .* as missing",
        c -> {
          List<String> some = List.of("age", "income", "duration");
          for (String feature : some) {
            c.add(feature);
            sometimes(c, feature, 9, "-1");
            c.made.put(feature, cell -> cell.equals("-1") ? "" : cell);
          }
        });
    kind(
        "declared, but a number",
        "values in \"missing\" of '\\w+' as numbers",
        c -> {
          String feature = c.add(NUMBERS);
          sometimes(c, feature, 10, "-999");
          c.schema.get(feature).put("missing", "[-999]");
        });
    for (String fill : List.of("0", "-1", "31.7")) {
      kind(
          "filled with " + fill,
          "filled the missing values",
          c -> {
            String feature = c.add(List.of("balance", "distance", "x1"));
            c.made.put(feature, cell -> cell.isEmpty() ? fill : cell);
          });
    }

    kind(
        "descending categories",
        "the categories (descending|in an order that the predictions show)",
        c -> {
          c.add("color");
          List<String> order = new ArrayList<>(PlantedCase.COLORS);
          Collections.reverse(order);
          c.orders.put("color", order);
        });
    kind(
        "categories in any order",
        "the categories ",
        c -> {
          c.add("color");
          List<String> order = new ArrayList<>(PlantedCase.COLORS);
          Collections.shuffle(order, c.random);
          c.orders.put("color", order);
        });
    kind(
        "categories that the rows lack",
        "the categories ",
        c -> {
          c.add("color");
          List<String> order = new ArrayList<>(PlantedCase.COLORS);
          Collections.shuffle(order, c.random);
          order.add(c.random.nextInt(7), "pink");
          c.orders.put("color", order);
          List<String> all = new ArrayList<>(PlantedCase.COLORS);
          all.add("pink");
          c.schema.get("color").put("categories", PlantedCase.list(all));
          sometimes(c, "color", 250, "pink");
        });
    kind(
        "NA was missing",
        "took \"NA\" of 'color' as missing",
        c -> {
          c.add("color");
          sometimes(c, "color", 8, "NA");
          List<String> all = new ArrayList<>(PlantedCase.COLORS);
          all.add(c.random.nextBoolean() ? 0 : 6, "NA");
          c.schema.get("color").put("categories", PlantedCase.list(all));
        });
    kind(
        "codes in the column",
        "holds the codes",
        c -> {
          c.add("color");
          c.table.add(
              row ->
                  row.computeIfPresent(
                      "color", (k, cell) -> String.valueOf(PlantedCase.COLORS.indexOf(cell))));
          c.made.put("color", cell -> PlantedCase.COLORS.get(Integer.parseInt(cell)));
        });
    kind(
        "text and number exchanged",
        "exchanged",
        c -> {
          c.add("color");
          String number = c.add(NUMBERS);
          c.schema.get("color").put("column", PlantedCase.quoted(number));
          c.schema.get(number).put("column", PlantedCase.quoted("color"));
        });
    kind(
        "texts encoded as numbers",
        "encoded the texts of 'shade'",
        c -> {
          c.features.remove("shade");
          c.schema.remove("shade");
          c.orders.remove("shade");
          c.add("shade");
          c.orders.remove("shade");
          c.schema.get("shade").put("type", PlantedCase.quoted("number"));
          c.schema.get("shade").remove("categories");
          c.made.put("shade", cell -> String.valueOf(PlantedCase.COLORS.indexOf(cell)));
        });
    kind(
        "NA in a number",
        "such cells are read as missing",
        c -> {
          String feature = c.add(NUMBERS);
          sometimes(c, feature, 10, "NA");
          c.made.put(feature, cell -> cell.equals("NA") ? "" : cell);
        });
    kind(
        "other zone",
        "in another zone",
        c -> {
          c.add("hour");
          c.hours = List.of(-8, -5, 3, 9).get(c.random.nextInt(4));
        });
    kind("fewer rounds", "(first|best) \\d+ of", c -> c.scored = Math.max(1, c.rounds * 2 / 3));
    kind("margins", "are margins", c -> binary(c, row -> String.valueOf(row[1][0])));
    kind("other class", "other class", c -> binary(c, row -> String.valueOf(1f - row[0][0])));
    kind(
        "labels",
        "class (indices|labels)|are labels",
        c -> binary(c, row -> row[0][0] > 0.5f ? "1" : "0"));
    kind("rounded", "rounded to", c -> c.predictions = row -> PlantedCase.decimals(row[0][0], 5));
    kind(
        "outputs in another order",
        "in another order",
        c -> {
          c.outputs = 3 + c.random.nextInt(14);
          c.parameters.put("objective", "multi:softprob");
          c.parameters.put("num_class", c.outputs);
          List<Integer> order = new ArrayList<>();
          for (int output = 0; output < c.outputs; output++) {
            order.add(output);
          }

          Collections.shuffle(order, c.random);
          c.predictions =
              row -> String.join(",", order.stream().map(o -> String.valueOf(row[0][o])).toList());
          c.written = c.predictions;
        });
    kind(
        "offset forgotten",
        "gave \\[log_exposure\\] as base margin",
        c -> poisson(c, row -> row.get("log_exposure")));
    kind(
        "offset of its logarithm",
        "gave the logarithm of \\[exposure\\]",
        c -> {
          poisson(c, row -> String.valueOf(Math.log(Double.parseDouble(row.get("exposure")))));
          c.options.add("--offset=exposure");
          c.table.add(row -> row.remove("log_exposure"));
        });
    kind(
        "offset is there as a logarithm",
        "gave \\[log_exposure\\] as base margin",
        c -> {
          poisson(c, row -> row.get("log_exposure"));
          c.options.add("--offset=exposure");
        });
    kind(
        "offset of its exponential",
        "gave (\\[exposure\\]|the exponential of \\[log_exposure\\])",
        c -> {
          poisson(c, row -> row.get("exposure"));
          c.options.add("--offset=log_exposure");
        });
    kind(
        "offset in vain",
        "gave no base margin",
        c -> {
          c.parameters.put("objective", "count:poisson");
          c.options.add("--offset=log_exposure");
        });
    kind(
        "two at once",
        "took -999 of|logarithm of 1 \\+ 'income'",
        c -> {
          c.add("income");
          c.made.put("income", PlantedMistakes.on(Math::log1p));
          String feature = c.add(List.of("rate", "age", "x3"));
          sometimes(c, feature, 10, "-999");
          c.made.put(feature, cell -> cell.equals("-999") ? "" : cell);
        });
  }

  private static void poisson(PlantedCase c, Function<Map<String, String>, String> offset) {
    c.parameters.put("objective", "count:poisson");
    c.offset = offset;
  }

  private static void binary(PlantedCase c, Function<float[][], String> predictions) {
    c.parameters.put("objective", "binary:logistic");
    c.predictions = predictions;
  }

  private static void computed(
      String name, String cause, List<String> columns, DoubleUnaryOperator of) {
    kind(name, cause.isEmpty() ? "" : cause, c -> c.made.put(c.add(columns), on(of)));
  }

  private static void later(String name, DoubleUnaryOperator of) {
    kind(name, "", c -> c.madeLater.put(c.add(NUMBERS), on(of)));
  }

  static UnaryOperator<String> on(DoubleUnaryOperator of) {
    return cell -> {
      double value = cell.isEmpty() ? Double.NaN : of.applyAsDouble(Double.parseDouble(cell));
      return Double.isNaN(value) ? "" : String.valueOf(value);
    };
  }

  private static String scrambled(String cell) {
    return cell.isEmpty() ? "" : String.valueOf(new Random(cell.hashCode()).nextInt(100));
  }

  private static void circle(PlantedCase c, int length) {
    List<String> some = new ArrayList<>(NUMBERS);
    Collections.shuffle(some, c.random);
    some = some.subList(0, length);
    some.forEach(c::add);
    for (int at = 0; at < length; at++) {
      c.sources.put(some.get(at), some.get((at + 1) % length));
    }
  }

  private static void sometimes(PlantedCase c, String column, int oneOf, String cell) {
    c.table.add(
        row -> {
          if (c.random.nextInt(oneOf) == 0) {
            row.put(column, cell);
          }
        });
  }
}
