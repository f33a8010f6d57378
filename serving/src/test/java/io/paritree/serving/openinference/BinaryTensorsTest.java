package io.paritree.serving.openinference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.Seed;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.LoggedErrors;
import io.paritree.serving.Parcels;
import io.paritree.serving.RunningServer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors as bytes, as Triton's and KServe's clients send them, give the native scores. */
class BinaryTensorsTest {
  private static final String INFER = "/v2/models/parcel-late/infer";

  @TempDir static Path directory;
  private static RunningServer serving;
  private static Parcels parcels;

  private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    serving = RunningServer.start(new TestPackages(directory));
    parcels = Parcels.scored(serving.port());
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @AfterEach
  void hangUp() throws Exception {
    client.close();
  }

  /** One tensor as a client makes it of an array: its JSON, and its bytes. */
  private record Sent(String json, byte[] bytes) {
    static Sent of(String name, String shape, String datatype, byte[] bytes) {
      return new Sent(
          "{\"name\": \"%s\", \"shape\": %s, \"datatype\": \"%s\", \"parameters\": {\"binary_data_size\": %s}}"
              .formatted(name, shape, datatype, bytes.length),
          bytes);
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] texts(List<String> texts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String text : texts) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(buffer(4).putInt(utf8.length).array());
      bytes.writeBytes(utf8);
    }

    return bytes.toByteArray();
  }

  /** The parcels without a missing text, which bytes cannot express. */
  private static List<Integer> rows() {
    return IntStream.range(0, Parcels.ROWS)
        .filter(row -> !TestRecords.cells(row).get(3).isEmpty())
        .filter(row -> !TestRecords.cells(row).get(4).isEmpty())
        .filter(row -> !TestRecords.cells(row).get(2).isEmpty())
        .filter(row -> !TestRecords.cells(row).get(5).isEmpty())
        .boxed()
        .toList();
  }

  private static List<Sent> tensors(String shape) {
    List<Integer> rows = rows();
    ByteBuffer distance = buffer(8 * rows.size());
    ByteBuffer weight = buffer(4 * rows.size());
    ByteBuffer express = buffer(rows.size());
    ByteBuffer zone = buffer(8 * rows.size());
    List<String> carriers = new ArrayList<>();
    List<String> departures = new ArrayList<>();
    for (int row : rows) {
      List<String> cells = TestRecords.cells(row);
      distance.putDouble(cells.get(0).isEmpty() ? Double.NaN : Double.parseDouble(cells.get(0)));
      weight.putFloat(Float.parseFloat(cells.get(1)));
      express.put((byte) (cells.get(2).equals("true") ? 1 : 0));
      carriers.add(cells.get(3));
      zone.putLong(Long.parseLong(cells.get(4)));
      departures.add(cells.get(5));
    }

    return List.of(
        Sent.of("distance", shape, "FP64", distance.array()),
        Sent.of("weight", shape, "FP32", weight.array()),
        Sent.of("express", shape, "BOOL", express.array()),
        Sent.of("carrier", shape, "BYTES", texts(carriers)),
        Sent.of("zone", shape, "INT64", zone.array()),
        Sent.of("departure", shape, "BYTES", texts(departures)));
  }

  /**
   * @param rest further members of the request's JSON, each after its comma
   */
  private Answer send(String path, List<Sent> tensors, String rest, String headers)
      throws Exception {
    String inputs = String.join(", ", tensors.stream().map(Sent::json).toList());
    byte[] json = ("{\"inputs\": [" + inputs + "]" + rest + "}").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(json);
    tensors.forEach(tensor -> body.writeBytes(tensor.bytes()));
    String length = "Inference-Header-Content-Length: " + json.length + "\r\n";
    return client.send("POST", path, body.toByteArray(), length + headers);
  }

  private static Object json(Answer answer) {
    int length = Integer.parseInt(answer.headers().get("inference-header-content-length"));
    return JsonTree.parse(new String(answer.content(), 0, length, StandardCharsets.UTF_8));
  }

  private static ByteBuffer data(Answer answer, int output) {
    Object json = json(answer);
    int at = Integer.parseInt(answer.headers().get("inference-header-content-length"));
    for (int before = 0; before < output; before++) {
      at += size(json, before);
    }

    return ByteBuffer.wrap(answer.content(), at, size(json, output)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int size(Object json, int output) {
    return Integer.parseInt(
        (String) JsonTree.at(json, "outputs/" + output + "/parameters/binary_data_size"));
  }

  private static List<String> floats(ByteBuffer data) {
    List<String> texts = new ArrayList<>();
    while (data.hasRemaining()) {
      texts.add(Float.toString(data.getFloat()));
    }

    return texts;
  }

  private static List<String> expected(List<String> all) {
    return rows().stream().map(all::get).toList();
  }

  /** tritonclient without outputs; it sends no content type, its asynchronous form octet-stream. */
  @ParameterizedTest
  @ValueSource(strings = {"", "Content-Type: application/octet-stream\r\n"})
  void defaultRequestOfTritonsClientGivesTheNativeScoresAsBytes(String type) throws Exception {
    String parameters = ", \"id\": \"7\", \"parameters\": {\"binary_data_output\": true}";
    for (String shape : List.of("[%s]", "[%s, 1]")) {
      Answer answer = send(INFER, tensors(shape.formatted(rows().size())), parameters, type);

      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(answer.headers().get("content-type")).isEqualTo("application/octet-stream");
      assertThat(JsonTree.at(json(answer), "id")).isEqualTo("7");
      assertThat(JsonTree.at(json(answer), "outputs/0/name")).isEqualTo("score");
      assertThat(((Map<?, ?>) JsonTree.at(json(answer), "outputs/0")).containsKey("data"))
          .isFalse();
      assertThat(floats(data(answer, 0))).isEqualTo(expected(parcels.scores()));
      assertThat(floats(data(answer, 1))).isEqualTo(expected(parcels.margins()));
      ByteBuffer labels = data(answer, 2);
      List<String> read = new ArrayList<>();
      while (labels.hasRemaining()) {
        byte[] label = new byte[labels.getInt()];
        labels.get(label);
        read.add(new String(label, StandardCharsets.UTF_8));
      }

      assertThat(read).isEqualTo(expected(parcels.labels()));
    }
  }

  @Test
  void eachOutputComesAsItIsWanted() throws Exception {
    String outputs =
        ", \"outputs\": [{\"name\": \"margin\", \"parameters\": {\"binary_data\": true}},"
            + " {\"name\": \"label\"}, {\"name\": \"score\", \"parameters\": {\"binary_data\": false}}]";
    Answer answer = send(INFER, tensors("[" + rows().size() + "]"), outputs, "");

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(floats(data(answer, 0))).isEqualTo(expected(parcels.margins()));
    assertThat(JsonTree.at(json(answer), "outputs/1/data")).isEqualTo(expected(parcels.labels()));
    assertThat(JsonTree.at(json(answer), "outputs/2/data")).isEqualTo(expected(parcels.scores()));

    Answer plain = send(INFER, tensors("[" + rows().size() + "]"), "", "");
    assertThat(plain.headers()).doesNotContainKey("inference-header-content-length");
    assertThat(plain.headers().get("content-type")).startsWith("application/json");
    assertThat(JsonTree.at(JsonTree.parse(plain.body()), "outputs/0/data"))
        .isEqualTo(expected(parcels.scores()));
  }

  /** tritonclient with binary_data=False for its inputs and without outputs. */
  @Test
  void jsonMayBeAnsweredWithBytesAndMixedWithThem() throws Exception {
    Sent weight =
        new Sent(
            "{\"name\": \"weight\", \"shape\": [2], \"datatype\": \"FP64\", \"data\": [1, 2]}",
            new byte[0]);
    Sent distance = Sent.of("distance", "[2]", "INT32", buffer(8).putInt(100).putInt(-999).array());
    String wanted = ", \"parameters\": {\"binary_data_output\": true}";
    Answer mixed = send(INFER, List.of(weight, distance), wanted, "");
    String json =
        "{\"inputs\": ["
            + weight.json()
            + ","
            + weight.json().replace("weight", "distance").replace("[1, 2]", "[100, null]")
            + "]"
            + wanted
            + "}";
    Answer all = client.post(INFER, json);

    assertThat(mixed.status()).as(mixed.body()).isEqualTo(200);
    assertThat(floats(data(mixed, 0))).hasSize(2).isEqualTo(floats(data(all, 0)));
  }

  @Test
  void outputWithoutRowsThatIsWantedAsBytesIsAnsweredAsBytes() throws Exception {
    String empty =
        "{\"inputs\": [{\"name\": \"weight\", \"shape\": [0], \"datatype\": \"FP64\", \"data\": []}],"
            + " \"parameters\": {\"binary_data_output\": true}}";

    Answer answer = client.post(INFER, empty);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers())
        .containsEntry("content-type", "application/octet-stream")
        .containsEntry("inference-header-content-length", Integer.toString(answer.body().length()));
  }

  @Test
  void parameterOfAnOutputThatNothingReadsIsRefused() throws Exception {
    String outputs =
        ", \"outputs\": [{\"name\": \"score\", \"parameters\": {\"classification\": 3}}]";

    Answer answer = send(INFER, tensors("[" + rows().size() + "]"), outputs, "");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("the parameters of an output", "classification");
  }

  @Test
  void matrixOfFloatsWithNaNGivesTheNativeScores() throws Exception {
    Random random = new Random(5);
    ByteBuffer matrix = buffer(4 * 28 * 20);
    List<String> expected = new ArrayList<>();
    for (int row = 0; row < 20; row++) {
      List<String> members = new ArrayList<>();
      for (int column = 0; column < 28; column++) {
        float value = random.nextInt(9) == 0 ? Float.NaN : (float) random.nextGaussian() * 90;
        matrix.putFloat(value);
        members.add("\"f%s\":%s".formatted(column, Float.isNaN(value) ? "null" : value));
      }

      String record = "{" + String.join(",", members) + "}";
      Answer native1 = client.post("/v1/models/wide/score", record);
      expected.add((String) JsonTree.object(native1.body()).get("score"));
    }

    List<Sent> tensor = List.of(Sent.of("input__0", "[20, 28]", "FP32", matrix.array()));
    String score =
        ", \"outputs\": [{\"name\": \"score\", \"parameters\": {\"binary_data\": true}}]";
    Answer answer = send("/v2/models/wide/versions/1/infer", tensor, score, "");

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(floats(data(answer, 0))).isEqualTo(expected);
  }

  /** The bytes of the number 77 in each datatype. */
  @ParameterizedTest
  @CsvSource({
    "UINT8, 4d",
    "INT8, 4d",
    "UINT16, 4d00",
    "INT16, 4d00",
    "UINT32, 4d000000",
    "INT32, 4d000000",
    "UINT64, 4d00000000000000",
    "INT64, 4d00000000000000",
    "FP16, d054",
    "FP32, 00009a42",
    "FP64, 0000000000405340"
  })
  void everyDatatypeIsRead(String datatype, String hex) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex);
    Answer answer = send(INFER, List.of(Sent.of("weight", "[1]", datatype, bytes)), "", "");
    String json =
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[1],\"datatype\":\"FP64\",\"data\":[77]}]}";

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(client.post(INFER, json).body());
  }

  @Test
  void halvesHaveTheirValues() {
    assertThat(BinaryReader.half((short) 0x3c00)).isEqualTo(1);
    assertThat(BinaryReader.half((short) 0xc000)).isEqualTo(-2);
    assertThat(BinaryReader.half((short) 0x7bff)).isEqualTo(65504);
    assertThat(BinaryReader.half((short) 0x0001)).isEqualTo(0x1p-24);
    assertThat(BinaryReader.half((short) 0x3555)).isCloseTo(1 / 3.0, within(1e-4));
    assertThat(BinaryReader.half((short) 0xfc00)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(BinaryReader.half((short) 0x7e00)).isNaN();
  }

  @Test
  void faultsPointToTheirElements() throws Exception {
    ByteBuffer weight = buffer(12).putFloat(1).putFloat(Float.NaN).putFloat(1f / 0);
    Answer answer =
        send(
            INFER,
            List.of(
                Sent.of("weight", "[3]", "FP32", weight.array()),
                Sent.of("express", "[3]", "BOOL", new byte[] {0, 1, 2})),
            "",
            "");

    assertThat(answer.status()).isEqualTo(400);
    assertThat((List<?>) JsonTree.at(JsonTree.parse(answer.body()), "errors"))
        .extracting(fault -> JsonTree.at(fault, "pointer") + " " + JsonTree.at(fault, "code"))
        .containsExactly(
            "/inputs/0/data/1 missing_value",
            "/inputs/0/data/2 not_finite",
            "/inputs/1/data/2 wrong_type");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "weight | [2] | FP32  | 00000000           | 2 times 1 values",
        "weight | [1] | FP32  | 0000000000         | 1 times 1 values",
        "weight | [-1] | FP32 | 00000000           | shape",
        "weight | [2000000000] | FP32 | 00000000   | too many records",
        "carrier | [1] | BYTES | 0000              | with its length",
        "carrier | [1] | BYTES | 05000000ff        | with its length",
        "carrier | [1] | BYTES | ffffffff          | with its length",
        "carrier | [1] | BYTES | 000000000000      | with its length",
      })
  void dataThatDoesNotFitIsRefused(
      String name, String shape, String datatype, String hex, String expected) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex);
    Answer answer = send(INFER, List.of(Sent.of(name, shape, datatype, bytes)), "", "");

    assertThat(answer.status()).as(answer.body()).isIn(400, 413);
    assertThat(answer.body()).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "x", "0", "99999999", "99999999999999999999", "1"})
  void wrongLengthOfTheJsonIsRefused(String length) throws Exception {
    byte[] body = "{\"inputs\":[]}".getBytes(StandardCharsets.UTF_8);
    String header = "Inference-Header-Content-Length: " + length + "\r\n";

    assertThat(client.send("POST", INFER, body, header).status()).isEqualTo(400);
  }

  @Test
  void bytesAfterTheDataAndSizesWithoutDataAreRefused() throws Exception {
    Sent one = Sent.of("weight", "[1]", "FP32", buffer(4).putFloat(1).array());
    Sent more = new Sent(one.json(), Arrays.copyOf(one.bytes(), 5));
    Sent less = new Sent(one.json(), new byte[3]);
    Sent both = new Sent(one.json().replace("}}", "}, \"data\": [1]}"), one.bytes());

    assertThat(send(INFER, List.of(more), "", "").body()).contains("1 bytes more");
    assertThat(send(INFER, List.of(less), "", "").body()).contains("the body has 3 after");
    assertThat(send(INFER, List.of(both), "", "").body()).contains("binary_data_size");
    assertThat(client.post(INFER, "{\"inputs\":[" + one.json() + "]}").body())
        .contains("the body has 0 after");
  }

  @Test
  void mutatedBytesAreAnswered() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    List<Sent> tensors = tensors("[" + rows().size() + "]");
    try (LoggedErrors errors = new LoggedErrors()) {
      for (int request = 0; request < 1_000; request++) {
        List<Sent> mutated = new ArrayList<>(tensors);
        int which = random.nextInt(mutated.size());
        byte[] bytes = mutated.get(which).bytes().clone();
        for (int change = random.nextInt(4); change >= 0; change--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }

        String json = mutated.get(which).json();
        if (random.nextInt(4) == 0) {
          json = json.replaceFirst("size\": [0-9]+", "size\": " + random.nextInt(2_000));
        }

        mutated.set(which, new Sent(json, bytes));
        Answer answer = send(INFER, mutated, "", "");
        assertThat(answer.status()).as("request %s of seed %s", request, seed).isIn(200, 400, 413);
      }

      assertThat(errors.lines()).isEmpty();
    }
  }
}
