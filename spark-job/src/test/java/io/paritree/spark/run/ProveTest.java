package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.paritree.Sha256;
import io.paritree.json.SealedJson;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.proof.ParityProof;
import io.paritree.proof.WayResult;
import io.paritree.spark.insight.proof.ProveQuery;
import io.paritree.spark.insight.proof.Proving;
import io.paritree.spark.insight.proof.SparkForm;
import io.paritree.spark.insight.proof.TableScoring;
import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.Location;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All ways score the same records alike, and the evidence says which records and ways those were.
 */
class ProveTest {
  private static final int ROWS = 40;
  private static final int FAULTY = 3;
  private static final int RECORDS = 3_000;

  private static final ProveQuery.Rows NO_ROWS =
      new ProveQuery.Rows("", Optional.empty(), AskedFormat.AUTO, CallsAtOnce.DEFAULT);

  @TempDir static Path directory;

  private static Path model;

  @BeforeAll
  static void sealModel() {
    model = new TestPackages(directory.resolve("models")).reasons();
  }

  private static JobRun prove(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("prove", "--model", model));
    arguments.addAll(List.of(more));
    return JobRun.ofParity(arguments.toArray());
  }

  @Test
  void rowsOfAnInputAndGeneratedRecordsAreTheSameInAllWays() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, ROWS / FAULTY, 2);
    Path evidence = directory.resolve("evidence.json");
    Path scratch = directory.resolve("tables [1] {a,b}*?"); // a pattern to Spark's readers

    WatchedFileSystem.forgetCallers();
    JobRun run =
        prove(
            "--input",
            "watched://" + input,
            "--adversarial",
            RECORDS,
            "--seed",
            7,
            "--scratch",
            scratch,
            "--evidence",
            evidence);

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(WatchedFileSystem.callers())
        .anyMatch(caller -> caller.startsWith(CallsAtOnce.THREAD));
    byte[] written = Files.readAllBytes(evidence);
    JsonNode json = new ObjectMapper().readTree(written);
    assertThat(SealedJson.isWhole(written)).isTrue();
    assertThat(Files.readString(directory.resolve("evidence.json.sha256")))
        .isEqualTo(Sha256.hex(written) + "  evidence.json\n");
    assertThat(json.at("/result").textValue()).isEqualTo("same");
    assertThat(json.at("/records/natural").intValue()).isEqualTo(ROWS);
    assertThat(json.at("/records/adversarial").intValue()).isEqualTo(RECORDS);
    assertThat(json.at("/ways").findValuesAsText("way"))
        .containsAll(
            List.of(
                "spec", "one", "blocks", "xgboost", "job-parquet", "job-delta", "sql", "dataset"));
    json.at("/ways")
        .forEach(
            way -> {
              assertThat(way.at("/different").intValue()).as(way.toString()).isZero();
              int compared = way.at("/compared").intValue();
              int rest = 0;
              for (JsonNode count : way.at("/inexpressible")) {
                rest += count.intValue();
              }

              assertThat(compared + rest).as(way.toString()).isEqualTo(ROWS + RECORDS);
              assertThat(compared).as(way.toString()).isGreaterThan(RECORDS / 2);
            });
    assertThat(run.out()).contains("Parity of parcel-reasons/1 on 3040 records");
  }

  @Test
  void rowsOfFilesAndOfAVersionOfATableAreRecordsOfTheSameValues() throws Exception {
    Path parquet = Parcels.write(directory.resolve("parquet"), 0, ROWS, 0, 2);
    Path table = directory.resolve("table");
    for (int version = 0; version < 2; version++) {
      TestSpark.session()
          .read()
          .parquet(parquet.toString())
          .write()
          .mode(SaveMode.Append)
          .format("delta")
          .partitionBy("carrier")
          .save(table.toString());
    }

    OneCall oneCall = OneCall.in(directory);
    JsonNode ofParquet =
        evidence("--input", "watched://" + parquet, "--conf", oneCall.configuration());
    oneCall.wasMadeByThisThread();
    JsonNode ofTable = evidence("--input-table", table, "--table-format", "delta", "--as-of", 0);

    assertThat(ofParquet.at("/records/natural").intValue()).isEqualTo(ROWS);
    assertThat(ofTable.at("/records/natural").intValue()).isEqualTo(ROWS);
    assertThat(ofTable.at("/records/input").textValue()).isEqualTo(table.toString());
    assertThat(ofTable.at("/records/input_version").textValue()).isEqualTo("0");
    assertThat(ofTable.at("/ways")).isEqualTo(ofParquet.at("/ways"));
  }

  private static JsonNode evidence(Object... arguments) throws Exception {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--adversarial", 0, "--ways", "one", "--format", "json"));
    JobRun run = prove(all.toArray());
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    json.at("/ways").forEach(way -> ((ObjectNode) way).remove("millis"));
    return json;
  }

  @Test
  void aWayThatLeavesOutTooManyRowsOfTheInputIsNamed() throws Exception {
    Path words = directory.resolve("words"); // whose directories give the distance
    TestSpark.session()
        .read()
        .parquet(Parcels.write(directory.resolve("numbers"), 0, ROWS + 1, 0, 1).toString())
        .withColumn("distance", functions.expr("if(parcel_id = 0, 'far', '12')"))
        .write()
        .partitionBy("distance")
        .parquet(words.toString());

    JobRun run =
        prove(
            "--input",
            words,
            "--adversarial",
            0,
            "--ways",
            "sql",
            "--evidence",
            directory.resolve("none/evidence.json"));

    assertThat(run.exitCode()).as(run.out()).isEqualTo(3);
    assertThat(run.err())
        .contains("More than --max-untried of the input was left out: sql (1 of 41 rows)")
        .contains("Writing the evidence failed: NoSuchFileException");
    assertThat(run.out()).contains("1 not tried: a column has values of one kind");
    assertThat(prove("--max-untried", 2).exitCode()).isEqualTo(2);
  }

  /** Scores by queries that do not report one of the faults. */
  private record WithoutAFault(JobScoring right) implements TableScoring {
    @Override
    public List<Dataset<Row>> scored(SparkSession session, SparkForm form, String path)
        throws Exception {
      return right.scored(session, form, path).stream()
          .map(
              some ->
                  some.withColumn(
                      FAULTS,
                      functions.expr("filter(faults, fault -> fault.code <> 'unseen_category')")))
          .toList();
    }

    @Override
    public String published(SparkSession session, String path, Location output) throws Exception {
      return right.published(session, path, output);
    }
  }

  @Test
  void aFaultThatOneWayOfSparkDoesNotReportIsShown() throws Exception {
    ProveQuery query =
        new ProveQuery(
            model.toString(),
            NO_ROWS,
            0,
            0.02,
            RECORDS,
            1,
            List.of("dataset"),
            directory.resolve("scratch").toString(),
            new ProveQuery.Server("", "", ""));

    ParityProof proof =
        new Proving(
                query,
                width -> TestSpark.session(),
                Map.of(),
                place -> new WithoutAFault(new JobScoring(place)),
                System.err)
            .prove();

    assertThat(proof.differing()).containsExactly("dataset");
    WayResult.First first = proof.ways().get(1).first().orElseThrow();
    assertThat(first.parting().expected()).contains("zone: unseen_category");
    assertThat(proof.text()).contains("differs", "record " + first.number() + ": ", first.json());
    assertThat(directory.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void aServerThatCannotBeStartedIsNamedWithWhatItSaid() throws Exception {
    Path program = directory.resolve("serve");
    Files.writeString(program, "#!/bin/sh\necho \"no port for $2\" >&2\nexit 3\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    ProveQuery query =
        new ProveQuery(
            model.toString(),
            NO_ROWS,
            0,
            0.02,
            1,
            1,
            List.of("http"),
            "",
            new ProveQuery.Server("", "", program.toString()));
    Proving proving =
        new Proving(query, width -> TestSpark.session(), Map.of(), JobScoring::new, System.err);

    assertThatThrownBy(proving::prove)
        .hasMessageContaining("serve has not started a server: no port for ");
  }

  @Test
  void theLogOfAServerThatWasStartedIsKeptIfItFails() throws Exception {
    ScoringModel sealed = Opening.open(model.toString(), EngineKind.FOREST);
    HttpServer failing = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    failing.createContext(
        "/",
        exchange -> {
          boolean isCard = exchange.getRequestMethod().equals("GET");
          String body = "{\"%s\": \"%s\"}".formatted(isCard ? "digest" : "code", sealed.digest());
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(isCard ? 200 : 500, body.length());
          exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    failing.start();
    try {
      Path program = directory.resolve("failing");
      Files.writeString(
          program,
          "#!/bin/sh\necho 'Ready: http://127.0.0.1:%s/' >&2\necho why >&2\nexec sleep 100\n"
              .formatted(failing.getAddress().getPort()));
      assertThat(program.toFile().setExecutable(true)).isTrue();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      ProveQuery query =
          new ProveQuery(
              model.toString(),
              NO_ROWS,
              0,
              0.02,
              10,
              1,
              List.of("http"),
              "",
              new ProveQuery.Server("", "", program.toString()));

      ParityProof proof =
          new Proving(
                  query,
                  width -> TestSpark.session(),
                  Map.of(),
                  JobScoring::new,
                  new PrintStream(err, true, StandardCharsets.UTF_8))
              .prove();

      assertThat(proof.failed()).hasSize(1);
      assertThat(proof.failed().get(0)).contains("answers 500");
      Matcher kept = Pattern.compile("is kept: (.*)").matcher(err.toString(StandardCharsets.UTF_8));
      assertThat(kept.find()).as(err.toString(StandardCharsets.UTF_8)).isTrue();
      assertThat(Path.of(kept.group(1))).content().contains("why");
      Files.delete(Path.of(kept.group(1)));
    } finally {
      failing.stop(0);
    }
  }

  @Test
  void whatCannotBeTriedIsRefused() {
    JobRun misspelled = prove("--ways", "block");
    JobRun nothing = prove("--adversarial", 0);
    JobRun none = prove("--input", directory.resolve("none"));
    JobRun noServer = prove("--ways", "http", "--adversarial", 10);
    JobRun foreign = prove("--ways", "lookup", "--server", "http://127.0.0.1:1");
    JobRun unheard = prove("--ways", "http", "--server", "http://127.0.0.1:1");

    assertThat(misspelled.exitCode()).isEqualTo(2);
    assertThat(misspelled.err()).contains("has 'block'; did you mean 'blocks'?");
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).contains("nothing is to be tried");
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).contains("there is no input");
    assertThat(noServer.exitCode()).isEqualTo(3);
    assertThat(noServer.err()).contains("Cannot try http: this installation has no");
    assertThat(foreign.exitCode()).isEqualTo(3);
    assertThat(foreign.err()).contains("Cannot try lookup: the server of --server does not serve");
    assertThat(unheard.exitCode()).isEqualTo(3);
    assertThat(unheard.err()).contains("Cannot try the server http://127.0.0.1:1");
    assertThat(prove("--help").out()).contains("Usage: parity prove");
  }
}
