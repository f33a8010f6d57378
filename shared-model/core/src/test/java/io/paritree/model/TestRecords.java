package io.paritree.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Raw records for the models of {@link TestPackages}: parcels with a mixed schema.
 *
 * <p>Record i is always the same, and valid. Among them are missing values, the sentinel -999, a
 * carrier outside the vocabulary, and departures with and without an offset.
 */
public final class TestRecords {
  /** The columns, in the order of {@link #csvLine}. */
  public static final List<String> COLUMNS =
      List.of("distance", "weight", "express", "carrier", "zone", "departure");

  /** The features and outputs as a schema file gives them. */
  public static final String SCHEMA =
      """
      {
        "features": [
          {"name": "distance", "type": "number", "missing": [-999], "min": 0, "max": 5000},
          {"name": "weight", "type": "number", "nullable": false},
          {"name": "express", "type": "boolean"},
          {"name": "carrier", "type": "category", "categories": ["AA", "DL", "UA", "Zürich Post"],
           "unseen": "missing"},
          {"name": "zone", "type": "category", "categories": [10, 20, 30, 7], "unseen": "reject"},
          {"name": "hour", "type": "hour", "column": "departure", "zone": "America/Chicago"},
          {"name": "day_of_week", "type": "day_of_week", "column": "departure",
           "zone": "America/Chicago"}
        ]%s
      }
      """;

  /** XGBoost's names of the features' types. */
  static final String[] FEATURE_TYPES = {"q", "q", "i", "c", "c", "int", "int"};

  public static final String[] FEATURE_NAMES = {
    "distance", "weight", "express", "carrier", "zone", "hour", "day_of_week"
  };

  private static final String[] CARRIERS = {"AA", "DL", "UA", "Zürich Post", "Nobody's"};
  private static final String[] ZONES = {"10", "20", "30", "7"};

  private TestRecords() {}

  /** Returns the cells of a record, in the order of {@link #COLUMNS}; empty where missing. */
  public static List<String> cells(int index) {
    Random random = new Random(7_919L * index + 17);
    List<String> cells = new ArrayList<>();
    String distance = String.valueOf(random.nextInt(50_000) / 10.0);
    distance = index % 7 == 2 ? "" : distance;
    cells.add(index % 11 == 3 ? "-999" : distance);
    cells.add(String.valueOf((float) random.nextGaussian()));
    cells.add(index % 5 == 4 ? "" : String.valueOf(random.nextBoolean()));
    cells.add(index % 13 == 5 ? "" : CARRIERS[random.nextInt(CARRIERS.length)]);
    cells.add(index % 17 == 6 ? "" : ZONES[random.nextInt(ZONES.length)]);
    String departure =
        String.format(
            Locale.ROOT,
            "2024-%02d-%02dT%02d:%02d:00",
            1 + random.nextInt(12),
            1 + random.nextInt(28),
            random.nextInt(24),
            random.nextInt(60));
    departure += index % 4 == 1 ? "Z" : "";
    cells.add(index % 19 == 7 ? "" : departure);
    return cells;
  }

  /** Returns a record as a JSON object; missing values are null or absent. */
  public static String json(int index) {
    List<String> cells = cells(index);
    List<String> members = new ArrayList<>();
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      boolean quoted = column == 3 || column == 5;
      if (!cell.isEmpty()) {
        members.add("\"%s\":%s".formatted(COLUMNS.get(column), quoted ? "\"" + cell + "\"" : cell));
      } else if (index % 2 == 0) {
        members.add("\"%s\":null".formatted(COLUMNS.get(column)));
      }
    }

    return "{" + String.join(",", members) + "}";
  }

  /** Returns the header of a CSV file of records. */
  public static String csvHeader() {
    return String.join(",", COLUMNS);
  }

  /** Returns a record as a line of a CSV file, without its end. */
  public static String csvLine(int index) {
    return String.join(",", cells(index));
  }
}
