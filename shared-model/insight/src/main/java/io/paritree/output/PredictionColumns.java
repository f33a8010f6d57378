package io.paritree.output;

import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the members of a line of the prediction log are called, for one model.
 *
 * <p>A line has the time of scoring, the request's id and {@code traceparent}, and the row's
 * position in the request; then each feature under its name, as the model saw it, and the columns
 * that the nightly job writes: {@code score}, {@code margin} and {@code label}; then, if records
 * are kept, the record as it was given; then the model's version and digest. Where records are
 * kept, a row that was refused has a line, too, with its faults in place of features and results. A
 * feature that has the name of another member gets {@code feature_} before its name. Immutable and
 * thread-safe.
 *
 * @param features the members of the features, slot by slot
 * @param scored those of the results
 */
public record PredictionColumns(List<String> features, ScoreColumns scored) {
  public static final String SCORED_AT = "scored_at";
  public static final String REQUEST_ID = "request_id";
  public static final String TRACE_PARENT = "traceparent";

  /** The position of the row in its request, from 0. */
  public static final String ROW = "row";

  /** An object: the values of the fields that the model reads, as they were given. */
  public static final String RECORD = "record";

  /** In place of {@link #RECORD}: the cells of a CSV file, each as text. */
  public static final String CELLS = "cells";

  /** In the line of a row that was refused, in place of its features and results: a list. */
  public static final String FAULTS = "faults";

  /** Of a fault: the field, empty if the model reads none of that name. */
  public static final String FAULT_FIELD = "field";

  /** Of a fault: its stable code. */
  public static final String FAULT_CODE = "code";

  /** The digest of the model's package; 64 hexadecimal digits. */
  public static final String MODEL_DIGEST = "model_digest";

  private static final Set<String> OF_EACH_LINE =
      Set.of(
          SCORED_AT,
          REQUEST_ID,
          TRACE_PARENT,
          ROW,
          RECORD,
          CELLS,
          FAULTS,
          ScoreColumns.LABEL,
          ScoreColumns.MODEL_VERSION,
          MODEL_DIGEST);

  public PredictionColumns {
    features = List.copyOf(features);
  }

  /** Returns the members of a model's lines. */
  public static PredictionColumns of(ScoringModel model) {
    Engine engine = model.engine();
    ScoreColumns scored = ScoreColumns.of(model.outputs(), engine.scores(), engine.outputs());
    Set<String> others = new HashSet<>(OF_EACH_LINE);
    others.addAll(scored.names());
    return new PredictionColumns(featureNames(model.schema(), others), scored);
  }

  private static List<String> featureNames(Schema schema, Set<String> others) {
    List<String> names = schema.features().stream().map(Feature::name).toList();
    Set<String> used = new HashSet<>(names);
    used.addAll(others);
    List<String> shown = new ArrayList<>();
    for (String name : names) {
      String free = name;
      while (others.contains(name) && !used.add(free)) {
        free = "feature_" + free;
      }

      shown.add(free);
    }

    return shown;
  }
}
