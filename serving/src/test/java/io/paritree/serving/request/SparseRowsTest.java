package io.paritree.serving.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small request never takes much memory, however wide the model is and whatever it announces. */
class SparseRowsTest {
  private static final int BODY = 256 << 10;
  private static final int WIDTH = 1_000;
  private static final int CLASSES = 200;

  /** The limits of 4 bytes for each feature and of 16 for each output, within 4 times the body. */
  private static final int WIDE_ROWS = BODY / WIDTH;

  private static final int CLASS_ROWS = BODY / (4 * CLASSES);

  @TempDir static Path directory;
  private static RunningServer serving;

  private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    TestPackages packages = new TestPackages(directory);
    List<String> references =
        List.of(
            packages.bareWideModel(WIDTH, 2, 2).toString(),
            packages.bareClassesModel(CLASSES).toString());
    serving = RunningServer.start(references, Map.of("limits.body", "256 KiB"));
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @AfterEach
  void hangUp() throws Exception {
    client.close();
  }

  private static String rows(int count, String row) {
    return String.join(",", Collections.nCopies(count, row));
  }

  private static String matrix(int rows, String data) {
    return "{\"inputs\":[{\"name\":\"x\",\"shape\":[%s,%s],\"datatype\":\"FP32\",\"data\":[%s]}]}"
        .formatted(rows, WIDTH, data);
  }

  private static String column(int rows, String data) {
    return "{\"inputs\":[{\"name\":\"f0\",\"shape\":[%s],\"datatype\":\"FP32\",\"data\":[%s]}]}"
        .formatted(rows, data);
  }

  @ParameterizedTest
  @ValueSource(ints = {WIDE_ROWS, 10_000, Integer.MAX_VALUE})
  void shapeWithoutItsDataIsRefusedAndTakesNoMemory(int rows) throws Exception {
    int status = rows == WIDE_ROWS ? 400 : 413;
    for (String body : List.of(matrix(rows, ""), column(rows, ""), column(rows, "1"))) {
      client.post("/v2/models/wide/infer", matrix(1, "")); // the thread now has its buffers
      long before = allocatedBytes();
      Answer answer = client.post("/v2/models/wide/infer", body);

      assertThat(allocatedBytes() - before).as(body).isLessThan(500_000);
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    }
  }

  private static long allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }

    return sum;
  }

  @Test
  void rowsOfAWideModelAreAllowedUpToFourTimesTheBody() throws Exception {
    assertThat(invocations(WIDE_ROWS).status()).isEqualTo(200);
    assertTooManyRows(invocations(WIDE_ROWS + 1), WIDE_ROWS, "1000 features and 1 outputs");
    String inputs = "{\"inputs\":{\"f0\":[" + rows(WIDE_ROWS + 1, "1") + "]}}";
    assertTooManyRows(client.post("/invocations", inputs), WIDE_ROWS, "1000 features");

    String path = "/v2/models/wide/infer";
    String full = column(WIDE_ROWS, rows(WIDE_ROWS, "1"));
    assertThat(client.post(path, full).status()).isEqualTo(200);
    String more = column(WIDE_ROWS + 1, rows(WIDE_ROWS + 1, "1"));
    assertTooManyRows(client.post(path, more), WIDE_ROWS, "1000 features and 1 outputs");
  }

  /** Sends a record that names every column, and others that name none. */
  private Answer invocations(int rows) throws IOException {
    String all =
        IntStream.range(0, WIDTH)
            .mapToObj("\"f%s\":1"::formatted)
            .collect(Collectors.joining(",", "{", "}"));
    return client.post(
        "/invocations", "{\"dataframe_records\":[" + all + "," + rows(rows - 1, "{}") + "]}");
  }

  private static void assertTooManyRows(Answer answer, int rows, String reason) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(413);
    assertThat(answer.body())
        .contains(
            "A request may have %s records, because the model has %s".formatted(rows, reason));
  }

  /** The shortest body for many rows, in each protocol. */
  @Test
  void denseRowsAreAllowedUpToTheLimitOfTheBody() throws Exception {
    int rows = (BODY - 200) / (2 * WIDTH + 2);
    String row = "[" + rows(WIDTH, "1") + "]";
    String split = "{\"dataframe_split\":{\"data\":[" + rows(rows, row) + "]}}";
    assertThat(split.length()).isBetween(BODY - 3 * WIDTH, BODY);
    assertThat(client.post("/invocations", split).status()).isEqualTo(200);
    assertThat(client.post("/v2/models/wide/infer", matrix(rows, rows(rows, row))).status())
        .isEqualTo(200);

    String names = String.join(",", IntStream.range(0, WIDTH).mapToObj(i -> "f" + i).toList());
    String csv = names + "\n" + (rows(WIDTH, "1") + "\n").repeat(rows - 3);
    byte[] body = csv.getBytes(StandardCharsets.UTF_8);
    Answer answer = client.send("POST", "/invocations", body, "Content-Type: text/csv\r\n");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  /**
   * The native endpoint keeps only a block of rows, so all sparse rows of a wide model are scored.
   */
  @Test
  void batchOfSparseRowsIsScoredInBlocks() throws Exception {
    String batch = "[{\"f7\":1},{\"g\":1}," + rows(9_997, "{}") + ",{\"f7\":1}]";
    Answer answer = client.post("/v1/models/wide/score-batch", batch);

    assertThat(answer.status()).isEqualTo(200);
    Object body = JsonTree.parse(answer.body());
    assertThat(JsonTree.at(body, "scored")).isEqualTo("9999");
    assertThat(JsonTree.at(body, "refused")).isEqualTo("1");
    assertThat(JsonTree.at(body, "results/9999")).isEqualTo(JsonTree.at(body, "results/0"));
    assertThat(JsonTree.at(body, "results/1/errors/0/pointer")).isEqualTo("/1/g");
  }

  @Test
  void rowsOfAModelOfManyOutputsAreLimitedByTheirAnswers() throws Exception {
    String outputs = "2 features and 200 outputs";
    String path = "/v2/models/classes/infer";
    String full = column(CLASS_ROWS, rows(CLASS_ROWS, "1"));
    assertThat(client.post(path, full).status()).isEqualTo(200);
    String more = column(CLASS_ROWS + 1, rows(CLASS_ROWS + 1, "1"));
    assertTooManyRows(client.post(path, more), CLASS_ROWS, outputs);

    for (String query : List.of("", "?margin=true")) {
      Answer refused =
          client.post("/v1/models/classes/score-batch" + query, "[" + rows(5_000, "{}") + "]");
      assertThat(refused.status()).isEqualTo(413);
      String detail = (String) JsonTree.object(refused.body()).get("detail");
      assertThat(detail)
          .endsWith(
              " records, because the model has %s; send several requests.".formatted(outputs));
      int admitted = Integer.parseInt(detail.split(" ")[4]);
      Answer answer =
          client.post("/v1/models/classes/score-batch" + query, "[" + rows(admitted, "{}") + "]");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.content().length).isBetween(BODY, 4 * BODY);
    }
  }

  @Test
  void headerOfOnlyOtherColumnsIsRefused() throws Exception {
    String header = String.join(",", IntStream.range(0, 11_001).mapToObj(i -> "g" + i).toList());
    byte[] body = (header + "\n").getBytes(StandardCharsets.UTF_8);
    Answer answer = client.send("POST", "/invocations", body, "Content-Type: text/csv\r\n");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("its header has 11001 columns, at most 11000 are read");
  }

  @Test
  void outputsAreAnsweredOnce() throws Exception {
    String body =
        "{\"outputs\":[" + rows(1_000, "{\"name\":\"score\"}") + "]," + column(1, "1").substring(1);
    Answer answer = client.post("/v2/models/classes/infer", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body())
        .contains("names from [score, margin, label, contributions, reasons], each once");
  }
}
