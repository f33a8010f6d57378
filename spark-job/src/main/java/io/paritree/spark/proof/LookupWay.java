package io.paritree.spark.proof;

import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.proof.TriedBlock;
import io.paritree.proof.TriedLookup;
import io.paritree.proof.TriedRecords;
import io.paritree.proof.TriedServer;
import io.paritree.proof.Way;
import io.paritree.proof.WayAnswers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores records by a run of the job, which publishes them, and asks a server for what is stored.
 * The server serves the output of {@link RecordTables#published()}.
 */
final class LookupWay implements Way {
  /** What users call it, and the server the output. */
  static final String NAME = "lookup";

  private final ScoringModel model;
  private final RecordTables tables;
  private final Publishing publishing;
  private final TriedLookup lookup;
  private RecordTable all; // of the trial that has begun

  LookupWay(ScoringModel model, RecordTables tables, Publishing publishing, TriedServer server) {
    this.model = model;
    this.tables = tables;
    this.publishing = publishing;
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
  public boolean isOfAllAtOnce() {
    return true;
  }

  @Override
  public void begin(TriedRecords records) throws Exception {
    all = tables.of(RecordForm.PARQUET, records);
    if (!all.isEmpty()) {
      lookup.await(publishing.published(tables.session(), all.path(), tables.published()));
    }
  }

  @Override
  public void end() {
    all = null;
  }

  @Override
  public WayAnswers score(TriedBlock records) throws IOException {
    int first = records.first();
    int count = records.records().size();
    WayAnswers answers = new WayAnswers(count, model.engine().outputs(), model.engine().scores());
    List<Integer> stored = new ArrayList<>();
    for (int record = 0; record < count; record++) {
      String reason = all.inexpressible().get(first + record);
      if (reason == null) {
        stored.add(record);
      } else {
        answers.inexpressible(record, reason);
      }
    }

    lookup.find(records, stored, first, answers);
    return answers;
  }
}
