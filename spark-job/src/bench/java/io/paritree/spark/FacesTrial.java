package io.paritree.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.command.ModelMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/**
 * Asks every face for the reasons of the same records, and compares their bits: the job, our own
 * protocol record by record and as batches, MLflow's and the Open Inference Protocol, and the
 * command.
 *
 * <p>Run: {@code scripts/bench job --faces [--rows N]}. Exit code 1 if any bit differs.
 */
final class FacesTrial {
  private static final int MOST = 4;
  private static final int BATCH = 1_000;
  private static final int COMMANDS = 50;
  private static final Pattern READY = Pattern.compile("Ready: (http://127.0.0.1:[0-9]+)/");
  private static final List<String> DATATYPES =
      List.of("FP64", "FP64", "BOOL", "BYTES", "INT64", "BYTES");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int rows;
  private final Path directory;
  private final Path model;
  private final HttpClient client = HttpClient.newHttpClient();
  private String server = "";

  /** The reasons that the job has written, by row. */
  private final String[] expected;

  private FacesTrial(int rows) throws IOException {
    this.rows = rows;
    this.directory = Files.createTempDirectory("paritree-faces");
    this.model = new TestPackages(directory.resolve("store")).reasons();
    this.expected = new String[rows];
  }

  public static void main(String[] arguments) throws Exception {
    int rows = 100_000;
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rows" -> rows = Integer.parseInt(given.next());
        case "--directory" -> given.next();
        default -> {
          System.err.println("Usage: scripts/bench job --faces [--rows N]");
          System.exit(2);
        }
      }
    }

    System.exit(new FacesTrial(rows).run() == 0 ? 0 : 1);
  }

  private long run() throws Exception {
    score();
    long differing = 0;
    Path log = directory.resolve("serve.log");
    Process process = serve(log);
    try {
      awaitReady(process, log);
      differing += compare("/v1 score", 1, this::single);
      differing += compare("/v1 score-batch", BATCH, this::batch);
      differing += compare("/v2 infer", BATCH, this::inference);
      differing += compare("/invocations", BATCH, this::invocations);
    } finally {
      process.destroy();
      process.waitFor();
    }

    return differing + compareCommand();
  }

  private void score() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, rows, 0, 4);
    Path output = directory.resolve("out");
    JobRun run = JobRun.ofParcels(model, input, output, "--reasons", MOST);
    if (run.exitCode() != 0) {
      throw new IllegalStateException(run.err());
    }

    List<Row> scored = TestSpark.session().read().parquet(output.toString()).collectAsList();
    for (Row row : scored) {
      StringBuilder text = new StringBuilder();
      text.append(row.<Float>getAs("reasons_base")).append(' ');
      text.append(row.<Float>getAs("reasons_rest"));
      for (Object each : row.getList(row.fieldIndex("reasons"))) {
        Row reason = (Row) each;
        text.append(' ').append(reason.getString(0)).append('=').append(reason.getFloat(2));
        text.append('/').append(reason.getString(3));
      }

      expected[Math.toIntExact(row.<Long>getAs("parcel_id"))] = text.toString();
    }

    System.out.println("job: %s rows".formatted(scored.size()));
  }

  private Process serve(Path log) throws IOException {
    String script = Path.of(System.getProperty("paritree.root"), "scripts/serve").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            script, "--model", model.toString(), "--port", "0", "--set", "management.port=0");
    builder.environment().put("PARITREE_BUILT", "1");
    return builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(log.toFile())
        .start();
  }

  private void awaitReady(Process process, Path log) throws Exception {
    for (int attempt = 0; attempt < 1_200 && process.isAlive(); attempt++) {
      Matcher ready = READY.matcher(Files.readString(log));
      if (ready.find()) {
        server = ready.group(1);
        return;
      }

      TimeUnit.MILLISECONDS.sleep(100);
    }

    throw new IllegalStateException("Not ready: " + Files.readString(log));
  }

  /** Returns the reasons of some rows, in order. */
  @FunctionalInterface
  private interface Face {
    List<JsonNode> reasons(int from, int to) throws Exception;
  }

  private long compare(String name, int batch, Face face) throws Exception {
    long differing = 0;
    for (int from = 0; from < rows; from += batch) {
      int to = Math.min(rows, from + batch);
      List<JsonNode> reasons = face.reasons(from, to);
      if (reasons.size() != to - from) {
        throw new IllegalStateException("%s: %s of rows %s".formatted(name, reasons.size(), from));
      }

      for (int row = from; row < to; row++) {
        differing += differs(name, row, reasons.get(row - from));
      }
    }

    System.out.println("%s: %s of %s rows differ".formatted(name, differing, rows));
    return differing;
  }

  private long differs(String name, int row, JsonNode reasons) {
    StringBuilder text = new StringBuilder();
    text.append(number(reasons, "base")).append(' ').append(number(reasons, "rest"));
    for (JsonNode field : reasons.get("fields")) {
      text.append(' ').append(field.get("field").asText()).append('=');
      text.append(number(field, "contribution")).append('/');
      text.append(field.has("code") ? field.get("code").asText() : null);
    }

    if (text.toString().equals(expected[row])) {
      return 0;
    }

    System.out.println("%s, row %s: %s, expected %s".formatted(name, row, text, expected[row]));
    return 1;
  }

  private static float number(JsonNode from, String member) {
    return Float.parseFloat(from.get(member).asText());
  }

  private JsonNode post(String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + answer.body());
    }

    return JSON.readTree(answer.body());
  }

  private List<JsonNode> single(int from, int to) throws Exception {
    JsonNode answer =
        post("/v1/models/parcel-reasons/score?reasons=" + MOST, TestRecords.json(from));
    return List.of(answer.get("reasons"));
  }

  private static String records(int from, int to) {
    return IntStream.range(from, to).mapToObj(TestRecords::json).toList().toString();
  }

  private List<JsonNode> batch(int from, int to) throws Exception {
    List<JsonNode> reasons = new ArrayList<>();
    post("/v1/models/parcel-reasons/score-batch?reasons=" + MOST, records(from, to))
        .get("results")
        .forEach(result -> reasons.add(result.get("reasons")));
    return reasons;
  }

  private List<JsonNode> invocations(int from, int to) throws Exception {
    String body =
        "{\"params\":{\"reasons\":%s},\"dataframe_records\":%s}".formatted(MOST, records(from, to));
    List<JsonNode> reasons = new ArrayList<>();
    post("/invocations", body).get("reasons").forEach(reasons::add);
    return reasons;
  }

  private List<JsonNode> inference(int from, int to) throws Exception {
    List<String> tensors = new ArrayList<>();
    for (int column = 0; column < DATATYPES.size(); column++) {
      List<String> data = new ArrayList<>();
      for (int row = from; row < to; row++) {
        String cell = TestRecords.cells(row).get(column);
        boolean isText = DATATYPES.get(column).equals("BYTES");
        String value = isText ? "\"" + cell + "\"" : cell;
        data.add(cell.isEmpty() ? "null" : value);
      }

      tensors.add(
          "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[%s],\"data\":%s}"
              .formatted(TestRecords.COLUMNS.get(column), DATATYPES.get(column), to - from, data));
    }

    String body =
        "{\"inputs\":%s,\"outputs\":[{\"name\":\"reasons\",\"parameters\":{\"reasons\":%s}}]}"
            .formatted(tensors, MOST);
    List<JsonNode> reasons = new ArrayList<>();
    for (JsonNode text : post("/v2/models/parcel-reasons/infer", body).at("/outputs/0/data")) {
      reasons.add(JSON.readTree(text.asText()));
    }

    return reasons;
  }

  private long compareCommand() throws IOException {
    long differing = 0;
    int step = Math.max(1, rows / COMMANDS);
    int count = 0;
    for (int row = 0; row < rows; row += step, count++) {
      Path record = Files.writeString(directory.resolve("record.json"), TestRecords.json(row));
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      int exitCode =
          ModelMain.run(
              new PrintWriter(out),
              new PrintWriter(err),
              "explain",
              "--model",
              model.toString(),
              "--record",
              record.toString(),
              "--reasons",
              String.valueOf(MOST),
              "--format",
              "json");
      if (exitCode != 0) {
        throw new IllegalStateException(err.toString());
      }

      differing += differs("model explain", row, JSON.readTree(out.toString()).get("reasons"));
    }

    System.out.println("model explain: %s of %s rows differ".formatted(differing, count));
    return differing;
  }
}
