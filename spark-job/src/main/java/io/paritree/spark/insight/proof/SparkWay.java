package io.paritree.spark.insight.proof;

import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.proof.TriedBlock;
import io.paritree.proof.Way;
import io.paritree.proof.WayAnswers;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A way to score records with Spark. Its tables are of a {@link RecordTables}. */
record SparkWay(SparkForm form, ScoringModel model, RecordTables tables, TableScoring scoring)
    implements Way {
  @Override
  public String name() {
    return form.word();
  }

  @Override
  public WayAnswers score(TriedBlock records) throws Exception {
    int outputs = model.engine().outputs();
    int scores = model.engine().scores();
    WayAnswers answers = new WayAnswers(records.records().size(), outputs, scores);
    RecordTables.Table table = tables.of(form.records(), records);
    table.inexpressible().forEach(answers::inexpressible);
    if (table.rows() > 0) {
      ScoreColumns columns = ScoreColumns.of(model.outputs(), scores, outputs);
      for (Dataset<Row> rows : scoring.scored(tables.session(), form, table.path())) {
        add(rows, columns, answers);
      }
    }

    return answers;
  }

  private static void add(Dataset<Row> rows, ScoreColumns columns, WayAnswers to) {
    List<String> names = Arrays.asList(rows.columns());
    int key = names.indexOf(TableScoring.KEY);
    int faults = names.indexOf(TableScoring.FAULTS);
    int[] scores = columns.scores().stream().mapToInt(names::indexOf).toArray();
    int[] margins = columns.margins().stream().mapToInt(names::indexOf).toArray();
    int label = columns.hasLabel() ? names.indexOf(ScoreColumns.LABEL) : -1;
    float[] score = new float[scores.length];
    float[] margin = new float[margins.length];
    for (Iterator<Row> each = rows.toLocalIterator(); each.hasNext(); ) {
      Row row = each.next();
      int record = row.getInt(key);
      if (faults >= 0 && !row.isNullAt(faults)) {
        to.refused(record, text(row.getList(faults)));
        continue;
      }

      floats(row, scores, score);
      floats(row, margins, margin);
      to.scored(record, margin, 0, score, 0);
      if (label >= 0) {
        to.labelled(record, row.getString(label));
      }
    }
  }

  private static void floats(Row row, int[] columns, float[] values) {
    for (int index = 0; index < values.length; index++) {
      // A row that has neither a score nor faults is another answer than any.
      values[index] = row.isNullAt(columns[index]) ? Float.NaN : row.getFloat(columns[index]);
    }
  }

  private static String text(List<Object> faults) {
    TreeSet<String> each = new TreeSet<>();
    for (Object fault : faults) {
      Row row = (Row) fault;
      each.add("%s: %s".formatted(row.<String>getAs("field"), row.<String>getAs("code")));
    }

    return String.join(", ", each);
  }
}
