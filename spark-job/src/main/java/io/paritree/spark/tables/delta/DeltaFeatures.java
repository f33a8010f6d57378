package io.paritree.spark.tables.delta;

import io.paritree.spark.versions.SparkLists;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Tuple2;

/**
 * The features of a Delta table that files written by others must honour.
 *
 * <p>A feature may be enabled and not used: then it asks for nothing. One that is not known here is
 * refused.
 */
final class DeltaFeatures {
  /** Features that ask nothing of a file, or are looked for where they are used. */
  private static final Set<String> KNOWN =
      Set.of(
          "allowColumnDefaults",
          "appendOnly",
          "changeDataFeed",
          "checkConstraints",
          "checkpointProtection",
          "columnMapping",
          "deletionVectors",
          "domainMetadata",
          "generatedColumns",
          "identityColumns",
          "inCommitTimestamp",
          "invariants",
          "rowTracking",
          "timestampNtz",
          "typeWidening",
          "typeWidening-preview",
          "v2Checkpoint",
          "vacuumProtocolCheck");

  private static final Map<String, String> FIELDS =
      Map.of(
          "delta.generationExpression", "is generated",
          "delta.identity.start", "is an identity column",
          "delta.invariants", "has an invariant",
          "__CHAR_VARCHAR_TYPE_STRING", "is CHAR or VARCHAR");

  private DeltaFeatures() {}

  /**
   * Returns what this job cannot honour, as ends of sentences about the table.
   *
   * @param metadata Delta's action that says what the table is
   * @param protocol Delta's action that says what its readers and writers must know
   */
  static List<String> problems(Object metadata, Object protocol, StructType schema) {
    List<String> problems = new ArrayList<>();
    Map<String, String> properties = properties(metadata);
    properties.forEach(
        (name, value) -> {
          if (name.startsWith("delta.constraints.")) {
            problems.add(
                "has the CHECK constraint %s, which the job does not evaluate"
                    .formatted(name.substring("delta.constraints.".length())));
          }
        });
    String mapping = properties.getOrDefault("delta.columnMapping.mode", "none");
    if (!mapping.equals("none")) {
      problems.add("maps its columns (by %s), which the job does not write".formatted(mapping));
    }

    refuse(
        properties, "delta.enableRowTracking", "tracks its rows, which the job does not", problems);
    refuse(
        properties,
        "delta.appendOnly",
        "is append-only, and the job replaces partitions",
        problems);
    for (String feature : names(protocol)) {
      if (!KNOWN.contains(feature)) {
        problems.add("has the feature %s, which the job does not honour".formatted(feature));
      }
    }

    for (StructField field : schema.fields()) {
      FIELDS.forEach(
          (key, what) -> {
            if (field.metadata().contains(key)) {
              problems.add(
                  "has the column '%s', which %s; the job does not honour that"
                      .formatted(field.name(), what));
            }
          });
      if (!field.nullable()) {
        problems.add(
            "has the column '%s', which is NOT NULL; the job does not check that"
                .formatted(field.name()));
      }
    }

    return problems;
  }

  private static Map<String, String> properties(Object metadata) {
    Map<String, String> properties = new HashMap<>();
    for (Object property : SparkLists.list(metadata, "configuration")) {
      Tuple2<?, ?> pair = (Tuple2<?, ?>) property;
      properties.put((String) pair._1(), (String) pair._2());
    }

    return properties;
  }

  /** Returns the names of the features that files of the table may have to honour, sorted. */
  private static List<String> names(Object protocol) {
    return SparkLists.list(protocol, "implicitlyAndExplicitlySupportedFeatures").stream()
        .map(feature -> (String) SparkLists.call(feature, "name"))
        .sorted()
        .toList();
  }

  private static void refuse(
      Map<String, String> properties, String property, String problem, List<String> problems) {
    if (properties.getOrDefault(property, "false").equals("true")) {
      problems.add(problem);
    }
  }
}
