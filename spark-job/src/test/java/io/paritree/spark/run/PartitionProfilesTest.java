package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.layout.PackageFiles;
import io.paritree.output.RunDrift;
import io.paritree.output.StoredProfile;
import io.paritree.profile.BinCounts;
import io.paritree.profile.Bins;
import io.paritree.profile.CategoryBins;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.profile.ScoreHistogram;
import io.paritree.record.CsvCells;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pass that scores a partition also counts what its rows are like, into {@code drift.json}. */
class PartitionProfilesTest {
  private static final int ROWS = Integer.getInteger("paritree.rows", 6_000);
  private static final int BAD_EVERY = 9;

  @TempDir Path directory;

  private TestPackages packages;

  @BeforeEach
  void store() {
    packages = new TestPackages(directory.resolve("models"));
  }

  private Path model() throws Exception {
    return withReference(packages.binary(1, 6));
  }

  /** Gives a package a reference, in which each feature and output has bins. */
  private static Path withReference(Path sealed) throws Exception {
    ScoringModel model = Opening.open(sealed.toString(), EngineKind.FOREST);
    List<FeatureProfile> features = new ArrayList<>();
    for (Feature feature : model.schema().features()) {
      Bins bins =
          switch (feature.name()) {
            case "carrier" -> new CategoryBins(List.of(3, 0), List.of("Zürich Post", "AA"));
            case "zone" -> new CategoryBins(List.of(1), List.of("20"));
            default -> new NumberBins(-0.5f, 0.5f, 3f, 12f, 2_500f);
          };
      features.add(
          new FeatureProfile(
              feature.name(), feature.column(), 0, 0, Optional.of(bins(bins)), List.of()));
    }

    List<OutputProfile> outputs = new ArrayList<>();
    for (String name : model.outputs().names()) {
      NumberBins bins = new NumberBins(ScoreHistogram.border(0.3f), ScoreHistogram.border(0.6f));
      outputs.add(
          new OutputProfile(
              name,
              0.5,
              model.outputs().names().size() == 1 ? OptionalLong.of(0) : OptionalLong.empty(),
              Optional.of(bins(bins))));
    }

    Profile reference = new Profile(1, 1, 1, 0, features, outputs, List.of(), Map.of());
    Path manifest = sealed.resolve(PackageFiles.MANIFEST);
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replaceFirst("\"format\": \\d", "\"format\": 3"));
    Files.write(sealed.resolve(PackageFiles.REFERENCE), reference.toJson());
    TestPackages.digestAnew(sealed);
    return sealed;
  }

  private static BinCounts bins(Bins bins) {
    List<Long> counts = new ArrayList<>(Collections.nCopies(bins.size(), 0L));
    counts.set(0, 1L);
    return new BinCounts(bins, counts);
  }

  private Path conf(long sampleRows, long impactRows) throws IOException {
    return Files.writeString(
        directory.resolve("sample-%s-%s.conf".formatted(sampleRows, impactRows)),
        """
        scoring-job { max-quarantined = 1, drift { sample-rows = %s, impact-rows = %s } }
        """
            .formatted(sampleRows, impactRows));
  }

  /** Scores, and returns the file. */
  private byte[] drift(String name, Path model, Path conf, Object... input) throws IOException {
    List<Object> arguments = new ArrayList<>(List.of(input));
    arguments.addAll(List.of("--model", model, "--conf", conf));
    arguments.addAll(List.of("--output", directory.resolve(name).resolve("out")));
    if (!arguments.contains("--keys")) {
      arguments.addAll(List.of("--keys", "parcel_id"));
    }

    JobRun run = JobRun.of(arguments.toArray());
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Path> files = files(directory.resolve(name));
    assertThat(files).as(name).hasSize(1);
    return Files.readAllBytes(files.get(0));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> file.endsWith("drift.json")).toList();
    }
  }

  private static Map<String, Profile> profiles(byte[] drift) throws IOException {
    return RunDrift.fromJson(drift, "drift.json").partitions().stream()
        .collect(Collectors.toMap(RunDrift.Partition::path, one -> one.profile().orElseThrow()));
  }

  /** Returns the profile with which the first partition of an output was published. */
  private Profile kept(String name) throws IOException {
    Path all = directory.resolve(name).resolve("_paritree/out/profiles");
    try (Stream<Path> files = Files.walk(all)) {
      Path file = files.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
      return StoredProfile.fromJson(Files.readAllBytes(file), file.toString()).profile();
    }
  }

  /** What a plain loop over records counts. */
  private static final class Recount {
    private final ScoringModel model;
    private final long[] missing;
    private final long[] unseen;
    private final List<long[]> bins = new ArrayList<>();
    private final ScoreHistogram scores = new ScoreHistogram();
    private final List<BigDecimal> contributions = new ArrayList<>();
    private long rows;
    private long scored;
    private long above;
    private BigDecimal margins = BigDecimal.ZERO;

    Recount(ScoringModel model) {
      this.model = model;
      int width = model.schema().width();
      this.missing = new long[width];
      this.unseen = new long[width];
      model.profileForm().features().forEach(slot -> bins.add(new long[size(slot.bins())]));
      contributions.addAll(Collections.nCopies(width + 1, BigDecimal.ZERO));
    }

    private static int size(Optional<Bins> bins) {
      return bins.orElseThrow().size();
    }

    void add(int index, boolean isBad) throws Exception {
      rows++;
      Schema schema = model.schema();
      float[] slots = new float[schema.width()];
      List<String> cells = TestRecords.cells(index);
      Faults faults = new Faults();
      for (int slot = 0; slot < slots.length; slot++) {
        Feature feature = schema.features().get(slot);
        String cell = cells.get(TestRecords.COLUMNS.indexOf(feature.column()));
        byte[] text = cell.getBytes(StandardCharsets.UTF_8);
        long before = faults.unseen();
        slots[slot] =
            cell.isEmpty() || isBad && feature.column().equals("weight")
                ? feature.missing(faults)
                : CsvCells.encode(feature, text, 0, text.length, faults);
        unseen[slot] += faults.unseen() - before;
        missing[slot] += Float.isNaN(slots[slot]) ? 1 : 0;
      }

      if (!isBad) {
        score(slots);
      }
    }

    List<Long> bins(int slot) {
      return boxed(bins.get(slot));
    }

    double contribution(int index) {
      return contributions.get(index).doubleValue() / scored;
    }

    private void score(float[] slots) throws Exception {
      float[] margin = new float[1];
      float[] score = new float[1];
      model.engine().score(slots, 1, margin, score);
      scored++;
      scores.add(score[0]);
      above += score[0] > 0.25f ? 1 : 0;
      margins = margins.add(new BigDecimal(margin[0]));
      Explainer explainer = model.explainer(ContributionMode.FAST);
      float[] explained = new float[explainer.contributions()];
      explainer.explain(slots, 1, explained);
      for (int slot = 0; slot < explained.length; slot++) {
        contributions.set(slot, contributions.get(slot).add(new BigDecimal(explained[slot])));
      }

      for (int slot = 0; slot < slots.length; slot++) {
        bins.get(slot)[
            model.profileForm().features().get(slot).bins().orElseThrow().of(slots[slot])]++;
      }
    }
  }

  @Test
  void withoutASampleEveryCountIsThatOfAPlainRecount() throws Exception {
    Path model = model();
    Path input = Parcels.write(directory.resolve("in/day=1"), 0, ROWS, BAD_EVERY, 3);
    byte[] drift = drift("all", model, conf(0, 0), "--input", input.getParent());
    Profile profile = profiles(drift).get("day=1");

    ScoringModel opened = Opening.open(model.toString(), EngineKind.FOREST);
    Recount recount = new Recount(opened);
    for (int index = 0; index < ROWS; index++) {
      recount.add(index, index % BAD_EVERY == 0);
    }

    assertCounts(profile, recount);
    assertThat(kept("all")).isEqualTo(profile);
    MarginProfile margin = profile.margins().get(0);
    double impacts =
        profile.features().stream().mapToDouble(feature -> feature.contributions().get(0)).sum();
    assertThat(margin.base() + impacts).isCloseTo(margin.mean(), within(1e-5));
  }

  private static void assertCounts(Profile profile, Recount recount) {
    assertThat(profile.rows()).isEqualTo(recount.rows);
    assertThat(profile.scored()).isEqualTo(recount.scored).isEqualTo(profile.sampled());
    assertThat(profile.explained()).isEqualTo(recount.scored);
    assertThat(profile.faults())
        .isEqualTo(Map.of("weight", Map.of("missing_value", recount.rows - recount.scored)));
    for (int slot = 0; slot < profile.features().size(); slot++) {
      FeatureProfile feature = profile.features().get(slot);
      String name = feature.feature();
      assertThat(feature.missing()).as(name).isEqualTo(recount.missing[slot]);
      assertThat(feature.unseen()).as(name).isEqualTo(recount.unseen[slot]);
      assertThat(feature.bins().orElseThrow().counts()).as(name).isEqualTo(recount.bins(slot));
      assertThat(feature.contributions()).as(name).containsExactly(recount.contribution(slot));
    }

    OutputProfile output = profile.outputs().get(0);
    recount.scores.pack();
    assertThat(output.mean()).isEqualTo(recount.scores.mean());
    assertThat(output.above()).hasValue(recount.above);
    NumberBins scoreBins = (NumberBins) output.bins().orElseThrow().bins();
    assertThat(output.bins().orElseThrow().counts())
        .isEqualTo(boxed(recount.scores.counts(scoreBins)));
    MarginProfile margin = profile.margins().get(0);
    assertThat(margin.mean()).isEqualTo(recount.margins.doubleValue() / recount.scored);
    assertThat(margin.base()).isEqualTo(recount.contribution(profile.features().size()));
  }

  private static List<Long> boxed(long[] counts) {
    return Arrays.stream(counts).boxed().toList();
  }

  /** Writes records as the cells of CSV, with the same rows that cannot be scored. */
  private static void writeCsv(Path file, int from, int to) throws IOException {
    StringBuilder text = new StringBuilder("parcel_id,").append(TestRecords.csvHeader());
    text.append('\n');
    for (int index = from; index < to; index++) {
      List<String> cells = new ArrayList<>(TestRecords.cells(index));
      if (index % BAD_EVERY == 0) {
        cells.set(1, "");
      }

      text.append(index).append(',').append(String.join(",", cells)).append('\n');
    }

    Files.createDirectories(file.getParent());
    Files.writeString(file, text.toString());
  }

  @Test
  void theSameRowsGiveTheSameBytesWhateverFilesTasksAndFormat() throws Exception {
    Path model = model();
    Path one = directory.resolve("one");
    Path many = directory.resolve("many");
    Path csv = directory.resolve("csv");
    int first = 20_000;
    int all = 22_000;
    for (int files : new int[] {1, 7}) {
      Path input = files == 1 ? one : many;
      Parcels.write(input.resolve("day=1"), 0, first, BAD_EVERY, files);
      Parcels.write(input.resolve("day=2"), first, all, BAD_EVERY, files);
    }

    writeCsv(csv.resolve("day=1/a.csv"), 0, 300);
    writeCsv(csv.resolve("day=1/b.csv"), 300, first);
    writeCsv(csv.resolve("day=2/a.csv"), first, all);
    Path table = directory.resolve("table");
    TestSpark.session()
        .read()
        .parquet(many.toString())
        .repartition(2)
        .write()
        .format("delta")
        .partitionBy("day")
        .save(table.toString());

    Path conf = conf(3_000, 400);
    byte[] expected = drift("of-one", model, conf, "--input", one);
    assertThat(drift("of-many", model, conf, "--input", many)).isEqualTo(expected);
    Object[] ofCsv = {"--input", csv, "--input-format", "csv"};
    assertThat(drift("of-csv", model, conf, ofCsv)).isEqualTo(expected);
    assertThat(drift("of-table", model, conf, "--input-table", table)).isEqualTo(expected);
    assertThat(kept("of-many")).isEqualTo(kept("of-csv")).isEqualTo(kept("of-table"));

    Map<String, Profile> profiles = profiles(expected);
    assertThat(profiles).containsOnlyKeys("day=1", "day=2");
    Profile large = profiles.get("day=1");
    assertThat(large.scored()).isEqualTo(first - (first + BAD_EVERY - 1) / BAD_EVERY);
    assertThat(large.sampled()).isBetween(1_000L, 3_000L);
    assertThat(large.explained()).isBetween(120L, 400L);
    Profile small = profiles.get("day=2");
    assertThat(small.sampled()).isEqualTo(small.scored());
    assertThat(small.explained()).isBetween(120L, 400L);
    assertThat(new String(expected, StandardCharsets.UTF_8))
        .doesNotContain(directory.getFileName().toString());
  }

  @Test
  void partitionsWithoutGoodRowsAndRowsWithoutKeysHaveProfilesToo() throws Exception {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), List.of(), Parcels.SCHEMA, 1);
    Parcels.write(input.resolve("day=2"), 0, 50, 1, 1);
    List<Row> withoutKeys = new ArrayList<>();
    for (int index = 0; index < 3_000; index++) {
      withoutKeys.add(RowFactory.create(valuesWithoutKey(index)));
    }

    Parcels.write(input.resolve("day=3"), withoutKeys, Parcels.SCHEMA, 2);
    Path model = withReference(packages.classes());
    Map<String, Profile> profiles =
        profiles(drift("classes", model, conf(1_000, 0), "--input", input));

    Profile empty = profiles.get("day=1");
    assertThat(empty.rows()).isZero();
    assertThat(empty.features().get(0).bins().orElseThrow().total()).isZero();
    assertThat(empty.outputs()).hasSize(3).allMatch(output -> Double.isNaN(output.mean()));
    Profile bad = profiles.get("day=2");
    assertThat(bad.rows()).isEqualTo(50);
    assertThat(bad.scored()).isZero();
    assertThat(bad.features().get(1).missing()).isEqualTo(50);
    assertThat(bad.faults()).isEqualTo(Map.of("weight", Map.of("missing_value", 50L)));
    Profile noKeys = profiles.get("day=3");
    assertThat(noKeys.sampled()).isBetween(400L, 1_000L);
    assertThat(noKeys.explained()).isEqualTo(3_000);
    assertThat(noKeys.margins()).hasSize(3);
    for (OutputProfile output : noKeys.outputs()) {
      assertThat(output.bins().orElseThrow().total()).isEqualTo(3_000);
    }

    for (FeatureProfile feature : noKeys.features()) {
      assertThat(feature.contributions()).hasSize(3);
      assertThat(feature.bins().orElseThrow().total()).isEqualTo(noKeys.sampled());
    }
  }

  @Test
  void valuesOfDirectoriesThatAreInNoVocabularyAreCountedToo() throws Exception {
    Path model = model();
    Path input = directory.resolve("in");
    for (String carrier : List.of("AA", "Nobody's")) {
      TestSpark.interpreting()
          .createDataFrame(IntStream.range(0, 40).mapToObj(Parcels::row).toList(), Parcels.SCHEMA)
          .drop("carrier")
          .coalesce(1)
          .write()
          .parquet(input.resolve("carrier=" + carrier).toString());
    }

    Object[] options = {"--input", input, "--output-partition", "run=1"};
    drift("directories", model, conf(0, 0), options);
    FeatureProfile unknown = carrier(kept("directories"));
    assertThat(unknown.unseen()).isEqualTo(40);
    assertThat(unknown.missing()).isEqualTo(40);
  }

  private static FeatureProfile carrier(Profile profile) {
    return profile.features().stream()
        .filter(feature -> feature.feature().equals("carrier"))
        .findFirst()
        .orElseThrow();
  }

  private static Object[] valuesWithoutKey(int index) {
    Row row = Parcels.row(index);
    Object[] values = new Object[row.size()];
    for (int column = 1; column < values.length; column++) {
      values[column] = row.get(column);
    }

    return values;
  }

  @Test
  void whatIsAskedForAndWhatTheModelHasDecideWhatIsCounted() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 400, 0, 1);
    Path model = packages.binary(1, 6);
    Object[] usual = {"--model", model, "--input", input, "--keys", "parcel_id"};
    assertThat(JobRun.of(with(usual, "--output", directory.resolve("a/out"))).exitCode()).isZero();
    assertThat(files(directory.resolve("a"))).as("the model has no reference").isEmpty();
    assertThat(
            JobRun.of(with(usual, "--output", directory.resolve("a/out"), "--drift", "report"))
                .out())
        .as("no row depends on it")
        .contains("already published");

    byte[] drift = drift("b", model, conf(0, 0), "--input", input, "--drift", "report");
    Profile profile = profiles(drift).get("");
    assertThat(profile.features()).allMatch(feature -> feature.bins().isEmpty());
    assertThat(profile.explained()).isEqualTo(400);
    assertThat(profile.sampled()).isZero();

    withReference(model);
    assertThat(
            JobRun.of(with(usual, "--output", directory.resolve("c/out"), "--drift", "off"))
                .exitCode())
        .isZero();
    assertThat(files(directory.resolve("c"))).isEmpty();
  }

  private static Object[] with(Object[] usual, Object... more) {
    return Stream.concat(Stream.of(usual), Stream.of(more)).toArray();
  }

  @Test
  void aModelWithoutCoversHasNoContributions() throws Exception {
    Booster booster = XGBoost.loadModel(TestPackages.wideModel(2, 3, 2));
    String model = new String(booster.toByteArray("json"), StandardCharsets.UTF_8);
    booster.dispose();
    Path bare =
        Files.writeString(
            directory.resolve("bare.json"), model.replaceAll(",\"sum_hessian\":\\[[^\\]]*\\]", ""));
    Path input = directory.resolve("in");
    TestSpark.session()
        .range(500)
        .selectExpr("id", "double(id) f0", "double(id % 7) f1")
        .coalesce(1)
        .write()
        .mode(SaveMode.Append)
        .parquet(input.toString());
    Object[] options = {"--input", input, "--keys", "id", "--drift", "report"};
    Profile profile = profiles(drift("bare", bare, conf(0, 0), options)).get("");
    assertThat(profile.scored()).isEqualTo(500);
    assertThat(profile.explained()).isZero();
    assertThat(profile.margins()).isEmpty();
    assertThat(profile.features()).allMatch(feature -> feature.contributions().isEmpty());
  }

  @Test
  void malformedLinesAreFaultsOfWholeRows() throws Exception {
    Path model = new TestPackages(directory.resolve("models")).binary();
    Path csv = Parcels.writeCsv(directory.resolve("csv/a.csv"), 0, 60, "60,1,2,true,AA", "x");
    Object[] ofCsv = {"--input", csv, "--input-format", "csv", "--drift", "report"};
    Profile profile = profiles(drift("malformed", model, conf(0, 0), ofCsv)).get("");
    assertThat(profile.rows()).isEqualTo(62);
    assertThat(profile.faults()).isEqualTo(Map.of("", Map.of("malformed_record", 2L)));
  }
}
