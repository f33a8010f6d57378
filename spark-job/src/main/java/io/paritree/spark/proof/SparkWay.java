package io.paritree.spark.proof;

import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.proof.TriedBlock;
import io.paritree.proof.TriedRecords;
import io.paritree.proof.Way;
import io.paritree.proof.WayAnswers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A way to score records with Spark: all of a trial at once. Its tables are of a {@link
 * RecordTables}, which other ways share.
 */
final class SparkWay implements Way {
  private final SparkForm form;
  private final ScoringModel model;
  private final RecordTables tables;
  private final TableScoring scoring;
  private WayAnswers all; // of the trial that has begun

  SparkWay(SparkForm form, ScoringModel model, RecordTables tables, TableScoring scoring) {
    this.form = form;
    this.model = model;
    this.tables = tables;
    this.scoring = scoring;
  }

  @Override
  public String name() {
    return form.word();
  }

  @Override
  public boolean isOfAllAtOnce() {
    return true;
  }

  @Override
  public void begin(TriedRecords records) throws Exception {
    all = answers(tables.of(form.records(), records));
  }

  @Override
  public void end() {
    all = null;
  }

  @Override
  public WayAnswers score(TriedBlock records) {
    return all.part(records.first(), records.records().size());
  }

  private WayAnswers answers(RecordTable table) throws Exception {
    int outputs = model.engine().outputs();
    int scores = model.engine().scores();
    WayAnswers answers = new WayAnswers(table.count(), outputs, scores);
    table.inexpressible().forEach(answers::inexpressible);
    if (table.isEmpty()) {
      return answers;
    }

    ScoreColumns columns = ScoreColumns.of(model.outputs(), scores, outputs);
    for (Dataset<Row> rows : scoring.scored(tables.session(), form, table.path())) {
      add(rows, columns, answers);
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
    Map<String, String> texts = new HashMap<>(); // each once, for there are many records
    float[] score = new float[scores.length];
    float[] margin = new float[margins.length];
    for (Iterator<Row> each = rows.toLocalIterator(); each.hasNext(); ) {
      Row row = each.next();
      int record = row.getInt(key);
      if (faults >= 0 && !row.isNullAt(faults)) {
        to.refused(record, texts.computeIfAbsent(text(row.getList(faults)), text -> text));
        continue;
      }

      floats(row, scores, score);
      floats(row, margins, margin);
      to.scored(record, margin, 0, score, 0);
      if (label >= 0) {
        to.labelled(record, texts.computeIfAbsent(row.getString(label), text -> text));
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
