package io.paritree.spark.insight.proof;

import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.proof.TriedBlock;
import io.paritree.proof.TriedLookup;
import io.paritree.proof.TriedServer;
import io.paritree.proof.Way;
import io.paritree.proof.WayAnswers;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores records by a run of the job, which publishes them, and asks a server for what is stored.
 * The server serves the output of {@link RecordTables#published()}.
 */
final class LookupWay implements Way {
  /** What users call it, and the server the output. */
  static final String NAME = "lookup";

  private final ScoringModel model;
  private final RecordTables tables;
  private final TableScoring scoring;
  private final TriedLookup lookup;

  LookupWay(ScoringModel model, RecordTables tables, TableScoring scoring, TriedServer server) {
    this.model = model;
    this.tables = tables;
    this.scoring = scoring;
    List<String> margins =
        ScoreColumns.of(model.outputs(), model.engine().scores(), model.engine().outputs())
            .margins();
    this.lookup = server.stored(NAME, model, margins);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public WayAnswers score(TriedBlock records) throws Exception {
    int count = records.records().size();
    WayAnswers answers = new WayAnswers(count, model.engine().outputs(), model.engine().scores());
    RecordTables.Table table = tables.of(SparkForm.JOB_PARQUET.records(), records);
    table.inexpressible().forEach(answers::inexpressible);
    if (table.rows() > 0) {
      lookup.await(scoring.published(tables.session(), table.path(), tables.published()));
      List<Integer> stored =
          IntStream.range(0, count)
              .filter(record -> !table.inexpressible().containsKey(record))
              .boxed()
              .toList();
      lookup.find(records, stored, answers);
    }

    return answers;
  }
}
