package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.Assumptions;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.golden.JsonRecord;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job writes the reasons that the model gives for each row alone. */
class JobReasonsTest {
  private static final int ROWS = 1_500;

  @TempDir Path directory;
  private Path output;
  private Path path;
  private ScoringModel model;
  private int filled;

  @BeforeEach
  void open() throws Exception {
    output = directory.resolve("out");
    use(new TestPackages(directory).reasons());
  }

  private void use(Path reasons) throws Exception {
    path = reasons;
    model = Opening.open(ModelFiles.read(path.toString()), EngineKind.FOREST, Assumptions.NONE);
  }

  private JobRun score(Path input, String... more) {
    return JobRun.ofParcels(path, input, output, (Object[]) more);
  }

  @Test
  void reasonsOfParquetAreThoseOfTheRecord() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 50, 2);

    JobRun run = score(input, "--reasons", "3", "--reasons-direction", "up", "--sort-by-keys");

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Row> rows = ScoringJobTest.read(output).collectAsList();
    assertThat(rows).hasSize(ROWS - ROWS / 50);
    check(rows, 3, Direction.UP, Float.NaN);
    assertThat(filled).isEqualTo(rows.size());
    assertThat(rows.toString()).contains(",R1]", ",null]", "express=", "carrier=Zürich Post");
  }

  @Test
  void onlyRowsAboveTheScoreHaveReasonsAndCsvHasTheSame() throws Exception {
    Path input = Parcels.writeCsv(directory.resolve("in/a.csv"), 0, ROWS);

    JobRun run = score(input, "--input-format", "csv", "--reasons", "2", "--reasons-from", "0.3");

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Row> rows = ScoringJobTest.read(output).collectAsList();
    assertThat(rows).hasSize(ROWS);
    check(rows, 2, Direction.BOTH, 0.3f);
    assertThat(filled).isBetween(300, ROWS - 100);
  }

  /** They are explained together with rows of later blocks, but of their own partition. */
  @Test
  void fewRowsOfManyBlocksAndPartitionsHaveTheirOwnReasons() throws Exception {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, 9_000, 30, 1);
    Parcels.write(input.resolve("day=2"), 9_000, 18_000, 0, 2);

    JobRun run = score(input, "--reasons", "3", "--reasons-from", "0.9", "--pass", "note");

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Row> rows = ScoringJobTest.read(output).collectAsList();
    assertThat(rows).hasSize(18_000 - 300);
    check(rows, 3, Direction.BOTH, 0.9f);
    assertThat(filled).isBetween(300, 3_000);
    for (Row row : rows) {
      long key = row.<Long>getAs("parcel_id");
      assertThat(row.<Object>getAs("day").toString()).isEqualTo(key < 9_000 ? "1" : "2");
      assertThat(row.<String>getAs("note")).isEqualTo("note " + key);
    }
  }

  @Test
  void theWinningClassIsExplained() throws Exception {
    use(new TestPackages(directory).classes());
    Path input = Parcels.write(directory.resolve("in"), 0, 400, 0, 1);

    JobRun run = score(input, "--reasons", "2");

    assertThat(run.exitCode()).as(run.err()).isZero();
    check(ScoringJobTest.read(output).collectAsList(), 2, Direction.BOTH, Float.NaN);
    assertThat(filled).isEqualTo(400);
  }

  private void check(List<Row> rows, int most, Direction direction, float above) throws Exception {
    Reasons reasons = Reasons.of(model, ContributionMode.FAST);
    RowReasons expected = new RowReasons(reasons.groups().size());
    float[] slots = new float[model.engine().width()];
    float[] scores = new float[model.engine().scores()];
    float[] contributions = new float[reasons.contributions()];
    for (Row row : rows) {
      long key = Long.parseLong(String.valueOf(row.<Object>getAs("parcel_id")));
      byte[] record = TestRecords.json((int) key).getBytes(StandardCharsets.UTF_8);
      JsonRecord.encode(model.schema(), record, slots, 0);
      model.engine().score(slots, 1, null, scores);
      int at = row.fieldIndex("reasons");
      if (scores[0] <= above) {
        assertThat(List.of(row.isNullAt(at), row.isNullAt(at + 1), row.isNullAt(at + 2)))
            .containsOnly(true);
        continue;
      }

      filled++;
      reasons.explain(slots, 0, 1, contributions);
      int output = reasons.winner(scores, 0);
      reasons.choose(contributions, 0, output, most, direction, expected);
      List<List<Object>> wanted = new ArrayList<>();
      for (int reason = 0; reason < expected.count(); reason++) {
        wanted.add(
            List.of(
                reasons.groups().get(expected.group(reason)).name(),
                expected.contribution(reason)));
      }

      List<List<Object>> written = new ArrayList<>();
      for (Object each : row.getList(at)) {
        Row reason = (Row) each;
        written.add(List.of(reason.get(0), reason.get(2)));
        if (reason.get(0).equals("zone")) {
          String cell = TestRecords.cells((int) key).get(4);
          assertThat(reason.get(1)).isEqualTo(cell.isEmpty() ? null : cell);
        }
      }

      assertThat(written).as("parcel %s", key).isEqualTo(wanted);
      assertThat(row.getFloat(at + 1)).isEqualTo(expected.base());
      assertThat(row.getFloat(at + 2)).isEqualTo(expected.rest());
    }
  }

  @Test
  void contributionsAreThoseOfTheRecordAndAddUpToTheMargin() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 50, 2);

    JobRun run =
        score(input, "--contributions", "--margin", "--reasons", "2", "--reasons-from", "0.3");

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Row> rows = ScoringJobTest.read(output).collectAsList();
    assertThat(rows).hasSize(ROWS - ROWS / 50);
    check(rows, 2, Direction.BOTH, 0.3f);
    List<String> names = new ArrayList<>();
    model.schema().features().forEach(feature -> names.add("contribution_" + feature.name()));
    names.add("contributions_base");
    checkContributions(rows, names);
    for (Row row : rows) {
      double sum = names.stream().mapToDouble(name -> row.<Float>getAs(name)).sum();
      assertThat(sum).isCloseTo(row.<Float>getAs("margin"), within(1e-4));
    }
  }

  @Test
  void contributionsOfSeveralClassesAreNamedByTheOutput() throws Exception {
    use(new TestPackages(directory).classes());
    Path input = Parcels.write(directory.resolve("in"), 0, 400, 0, 1);

    JobRun run = score(input, "--contributions");

    assertThat(run.exitCode()).as(run.err()).isZero();
    Dataset<Row> table = ScoringJobTest.read(output);
    List<String> names = new ArrayList<>();
    for (String output : model.outputs().names()) {
      model
          .schema()
          .features()
          .forEach(feature -> names.add("contribution_%s_%s".formatted(output, feature.name())));
      names.add("contributions_base_" + output);
    }

    checkContributions(table.collectAsList(), names);
  }

  private void checkContributions(List<Row> rows, List<String> names) throws Exception {
    Explainer explainer = model.explainer(ContributionMode.FAST);
    float[] slots = new float[explainer.width()];
    float[] expected = new float[explainer.contributions()];
    assertThat(names).hasSize(expected.length);
    for (Row row : rows) {
      int key = Math.toIntExact(row.<Long>getAs("parcel_id"));
      byte[] record = TestRecords.json(key).getBytes(StandardCharsets.UTF_8);
      JsonRecord.encode(model.schema(), record, slots, 0);
      explainer.explain(slots, 1, expected);
      float[] written = new float[names.size()];
      for (int index = 0; index < written.length; index++) {
        written[index] = row.<Float>getAs(names.get(index));
      }

      assertThat(written).as("parcel %s", key).isEqualTo(expected);
    }
  }

  @Test
  void reasonsThatTheModelDoesNotHaveAreRefused() {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);

    JobRun many = score(input, "--reasons", "6");
    assertThat(many.exitCode()).isEqualTo(3);
    assertThat(many.err()).contains("--reasons is 6, but the model has 5 fields");

    assertThat(score(input, "--reasons-direction", "up").err())
        .contains("--reasons-direction and --reasons-from need --reasons");
    assertThat(score(input, "--reasons", "1", "--reasons-from", "half").err())
        .contains("--reasons-from must be a number, but is 'half'");
    assertThat(score(input, "--contributions", "--pass", "contributions_base").err())
        .contains("column 'contributions_base' is requested as a key or passed column");
  }
}
