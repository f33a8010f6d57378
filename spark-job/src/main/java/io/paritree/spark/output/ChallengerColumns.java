package io.paritree.spark.output;

import io.paritree.feature.Field;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.score.ScoreFields;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a challenger in the output: {@code score_<name>}, or {@code score_<output>_<name>}
 * where there are several, {@code label_<name>}, {@code model_version_<name>}. A row that it has
 * not scored has null in all of them.
 */
record ChallengerColumns(Challenger challenger, ScoreColumns scored) {
  static ChallengerColumns of(Challenger challenger) {
    return new ChallengerColumns(
        challenger,
        ScoreColumns.of(challenger.model().outputs(), challenger.model().engine().scores(), 0));
  }

  private String named(String column) {
    return ScoreColumns.ofChallenger(column, challenger.name());
  }

  List<String> scores() {
    return scored.scores().stream().map(this::named).toList();
  }

  List<String> names() {
    List<String> names = new ArrayList<>(scores());
    if (scored.hasLabel()) {
      names.add(named(ScoreColumns.LABEL));
    }

    names.add(named(ScoreColumns.MODEL_VERSION));
    return names;
  }

  /** Returns the columns of the input that they are made from. */
  List<String> sources() {
    return challenger.model().schema().fields().stream().map(Field::column).toList();
  }

  StructType add(StructType to) {
    StructType all =
        ScoreFields.floats(to, scores(), ScoreFields.origin(challenger.model()).build());
    for (String text : names().subList(scores().size(), names().size())) {
      all = all.add(text, DataTypes.StringType);
    }

    return all;
  }
}
