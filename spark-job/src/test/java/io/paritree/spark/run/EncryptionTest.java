package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.SomeForms;
import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.crypto.InternalFileDecryptor;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With a crypto factory in Hadoop's settings, a run encrypts as Spark does, and reads such files.
 */
class EncryptionTest {
  private static final int ROWS = 500;
  private static final String FOOTER_KEY = "parquet.encryption.footer.key";
  private static final String COLUMN_KEYS = "parquet.encryption.column.keys";
  private static final String UNIFORM_KEY = "parquet.encryption.uniform.key";
  private static final String OTHERS = "parquet.encryption.complete.columns";
  private static final String PLAIN_FOOTER = "parquet.encryption.plaintext.footer";
  private static final Set<String> OUTPUT =
      Set.of("parcel_id", "note", "score", "margin", "label", "model_version");

  @TempDir static Path store;
  private static String model;
  private static String challenger;

  @TempDir Path directory;

  private final Configuration hadoop = TestSpark.session().sparkContext().hadoopConfiguration();
  private final SparkConf conf = TestSpark.session().sparkContext().conf();
  private final List<String> set = new ArrayList<>();

  @BeforeAll
  static void seal() {
    TestPackages packages = new TestPackages(store);
    model = packages.binary().toString();
    challenger = packages.binary(2, 25).toString();
  }

  /** Sets what an operator gives as {@code --conf spark.hadoop.}... to all of Spark. */
  private void set(Map<String, String> settings) {
    settings.forEach(
        (name, value) -> {
          hadoop.set(name, value);
          conf.set("spark.hadoop." + name, value);
          set.add(name);
        });
  }

  @AfterEach
  void unset() {
    set.forEach(hadoop::unset);
    set.forEach(name -> conf.remove("spark.hadoop." + name));
    set.clear();
  }

  @ParameterizedTest
  @SomeForms(
      count = 2,
      value = {
        "uniform         | false | parcel_id note score margin label model_version",
        "uniform         | true  | parcel_id note score margin label model_version",
        "one:score,note  | false | score note",
        "one:score;two:parcel_id,margin | true | score parcel_id margin",
        "complete one:score | false | parcel_id note score margin label model_version",
        "one:score;two:weight | false | score"
      })
  void columnsAreEncryptedAsTheSettingsSay(String keys, boolean plainFooter, String encrypted)
      throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 100, 2);
    Map<Long, Integer> expected = expected(input);
    set(TestKms.settings(PLAIN_FOOTER, String.valueOf(plainFooter)));
    if (keys.equals("uniform")) {
      set(Map.of(UNIFORM_KEY, "foot"));
    } else {
      set(Map.of(FOOTER_KEY, "foot", COLUMN_KEYS, keys.replace("complete ", "")));
      set(Map.of(OTHERS, String.valueOf(keys.startsWith("complete"))));
    }

    JobRun run = score(input);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out"))).isEqualTo(expected);
    List<Path> files = parquets(directory.resolve("out"));
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      assertThat(magic(file)).isEqualTo(plainFooter ? "PAR1" : "PARE");
      assertThat(encryptedColumns(file)).containsExactlyInAnyOrder(encrypted.split(" "));
    }

    List<Path> quarantined = parquets(directory.resolve("_paritree"));
    assertThat(quarantined).isNotEmpty();
    for (Path file : quarantined) {
      assertThat(encryptedColumns(file))
          .as("a fault quotes the values of any column")
          .contains("weight", "_faults", "_source_line", "_codes", "parcel_id", "note");
    }

    if (keys.startsWith("complete")) {
      JobRun audit =
          JobRun.ofAudit("--output", directory.resolve("out"), "--model", model, "--strict");
      assertThat(audit.exitCode()).as(audit.out() + audit.err()).isEqualTo(3);
      assertThat(audit.err())
          .startsWith("scripts/parity audit cannot be used with a crypto factory")
          .doesNotContain("parcel");
    }

    assertThat(QuarantineTest.quarantine(directory.resolve("out")).count()).isEqualTo(5);
    assertThat(run.out())
        .doesNotContain("mean")
        .containsPattern("weight +missing_value +5  \\(not shown\\)\n");
    assertThat(report())
        .contains("\"scored\" : 495")
        .doesNotContain("deciles", "\"mean\"", "example");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--drift report | --drift report",
        "--drift gate | --drift gate",
        "--rule score.mean>0 | --rule",
        "--challenger next=CHALLENGER | --challenger",
        "--lookup-index | --lookup-index",
        "--drift gate --challenger next=CHALLENGER | --drift gate, --challenger"
      })
  void whatKeepsRowsInTheClearIsRefusedInOneSentence(String options, String named) {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 0, 1);
    set(TestKms.settings());
    List<Object> arguments = new ArrayList<>(arguments(input));
    arguments.addAll(List.of(options.replace("CHALLENGER", challenger).split(" ")));

    JobRun run = JobRun.of(arguments.toArray());

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err())
        .contains(
            named
                + " cannot be used with a crypto factory (parquet.crypto.factory.class is set): what"
                + " it keeps of the rows would not be encrypted");
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void nothingOfAnEncryptedRunCanBeReadWithoutItsKeysWhileItRuns() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 100, 2);
    set(TestKms.settings(UNIFORM_KEY, "foot"));
    Set<String> magics = new TreeSet<>();

    JobRun run =
        JobRun.observed(
            (step) -> {
              try {
                for (Path file : parquets(directory.resolve("_paritree"))) {
                  magics.add(magic(file));
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            arguments(input).toArray());

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(magics).containsExactly("PARE");
  }

  @Test
  void partitionWithoutRowsAndColumnsOfListsAreEncryptedToo() throws Exception {
    Path input = directory.resolve("in");
    TestSpark.session()
        .createDataFrame(List.of(Parcels.row(1), Parcels.row(2)), Parcels.SCHEMA)
        .withColumn("note", functions.array(functions.col("note")))
        .withColumn("day", functions.lit("1"))
        .write()
        .partitionBy("day")
        .parquet(input.toString());
    Files.createDirectories(input.resolve("day=2"));
    set(TestKms.settings(FOOTER_KEY, "foot", COLUMN_KEYS, "one:score,note.list.element"));

    JobRun run = score(input);

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Path> files = parquets(directory.resolve("out"));
    assertThat(files).hasSizeGreaterThanOrEqualTo(2);
    for (Path file : files) {
      assertThat(magic(file)).isEqualTo("PARE");
    }

    assertThat(encryptedColumns(parquets(directory.resolve("out/day=1")).get(0)))
        .containsExactlyInAnyOrder("score", "note");
  }

  @Test
  void outputInTheClearIsPublishedAgainOnceItIsToBeEncrypted() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 0, 1);
    assertThat(score(input).out()).contains("mean");
    assertThat(magic(parquets(directory.resolve("out")).get(0))).isEqualTo("PAR1");
    set(TestKms.settings(UNIFORM_KEY, "foot"));

    assertThat(score(input).exitCode()).isZero();

    assertThat(magic(parquets(directory.resolve("out")).get(0))).isEqualTo("PARE");
    assertThat(score(input).out()).contains("already published");
  }

  @Test
  void factoryWithoutKeysWritesInTheClearAndReadsEncryptedFiles() throws Exception {
    set(TestKms.settings(UNIFORM_KEY, "foot"));
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 0, 1);
    hadoop.unset(UNIFORM_KEY);
    conf.remove("spark.hadoop." + UNIFORM_KEY);

    JobRun run = score(input);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, 0, ROWS));
    assertThat(magic(parquets(directory.resolve("out")).get(0))).isEqualTo("PAR1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parquet.encryption.footer.key=foot;parquet.encryption.column.keys=one:scroe"
            + " | column 'scroe' has an encryption key, but is neither",
        "parquet.encryption.uniform.key=lost | no access to the key 'lost'",
        "parquet.encryption.footer.key=foot | No column keys",
        "parquet.encryption.uniform.key=foot;"
            + "parquet.encryption.key.material.store.internally=false"
            + " | another file next to it",
        "parquet.crypto.factory.class=none.such.Factory | none.such.Factory"
      })
  void runThatCannotEncryptIsRefusedBeforeItScores(String settings, String reason)
      throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 0, 1);
    set(TestKms.settings());
    for (String setting : settings.split(";")) {
      set(Map.of(setting.split("=")[0], setting.split("=")[1]));
    }

    JobRun run = score(input);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains(reason).doesNotContain("\tat ");
    assertThat(directory.resolve("out")).doesNotExist();
    assertThat(directory.resolve("_paritree/out").toFile().list()).containsExactly("runs");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void encryptedInputIsScoredWithItsKeysAndRefusedWithout(boolean plainFooter) throws Exception {
    Path input = directory.resolve("in");
    Map<String, String> options =
        TestKms.settings(
            FOOTER_KEY, "foot", COLUMN_KEYS, "one:weight", PLAIN_FOOTER, "" + plainFooter);
    Parcels.write(input, 0, ROWS, 0, 1);
    write(input, options);

    JobRun refused = score(input);
    set(TestKms.settings());
    JobRun run = score(input);

    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(3);
    assertThat(refused.err())
        .contains(
            plainFooter ? "column 'weight' of file " : "file ",
            "is encrypted, and cannot be decrypted",
            "parquet.crypto.factory.class");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, 0, 2 * ROWS));
  }

  @Test
  void outcomesAreRefusedBeforeAnythingIsReadSinceTheirReportIsInTheClear() throws Exception {
    set(TestKms.settings(UNIFORM_KEY, "foot"));
    Path missing = directory.resolve("missing");

    JobRun run = OutcomesRun.ofParcels(missing, "--labels", missing, "--label", "late");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err())
        .contains(
            "scripts/outcomes cannot be used with a crypto factory", "parquet.crypto.factory.class")
        .doesNotContain(missing.toString());
  }

  @Test
  void columnThatIsNotReadNeedsNoKey() throws Exception {
    Path input = directory.resolve("in");
    write(
        input, TestKms.settings(FOOTER_KEY, "foot", COLUMN_KEYS, "one:note", PLAIN_FOOTER, "true"));

    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            directory.resolve("out"),
            "--keys",
            "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, ROWS, 2 * ROWS));
  }

  private static void write(Path input, Map<String, String> options) {
    List<Row> rows = new ArrayList<>();
    for (int index = ROWS; index < 2 * ROWS; index++) {
      rows.add(Parcels.row(index));
    }

    TestSpark.session()
        .createDataFrame(rows, Parcels.SCHEMA)
        .repartition(1)
        .write()
        .options(options)
        .mode(SaveMode.Append)
        .parquet(input.toString());
  }

  /** Returns the scores of a run without encryption. */
  private Map<Long, Integer> expected(Path input) throws Exception {
    Path clear = directory.resolve("clear/out");
    JobRun run =
        JobRun.of("--model", model, "--input", input, "--output", clear, "--keys", "parcel_id");
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Scores.of(clear);
  }

  private JobRun score(Path input) {
    return JobRun.of(arguments(input).toArray());
  }

  private List<Object> arguments(Path input) {
    return List.of(
        "--model",
        model,
        "--input",
        input,
        "--output",
        directory.resolve("out"),
        "--keys",
        "parcel_id",
        "--pass",
        "note",
        "--margin",
        "--max-quarantined",
        "0.5");
  }

  private String report() throws IOException {
    return Files.readString(ofRun("report.json"));
  }

  private Path ofRun(String name) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("_paritree"))) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }

  private static List<Path> parquets(Path below) throws IOException {
    if (!Files.exists(below)) {
      return List.of();
    }

    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(Parquets::isParquet).toList();
    }
  }

  private static String magic(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return new String(
        Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length), StandardCharsets.US_ASCII);
  }

  /** Returns the encrypted columns of a file, whose keys Hadoop's settings must give. */
  static Set<String> encryptedColumns(Path file) throws IOException {
    Configuration hadoop = TestSpark.session().sparkContext().hadoopConfiguration();
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toUri());
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(path, hadoop),
            HadoopReadOptions.builder(hadoop, path).build())) {
      FileMetaData metadata = reader.getFooter().getFileMetaData();
      InternalFileDecryptor decryptor = metadata.getFileDecryptor();
      Set<String> encrypted = new TreeSet<>();
      for (ColumnChunkMetaData chunk : reader.getFooter().getBlocks().get(0).getColumns()) {
        chunk.getCodec(); // has the decryptor look for its key
        if (decryptor.getColumnSetup(chunk.getPath()).isEncrypted()) {
          encrypted.add(chunk.getPath().toArray()[0]);
        }
      }

      return encrypted;
    }
  }
}
