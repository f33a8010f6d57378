package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.paritree.model.TestPackages;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run reports to catalogs of data what it has read and written, and to a Pushgateway its metrics;
 * an address that does not answer changes nothing of the run.
 */
@Timeout(120)
class LineageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(
          VersionFlag.V202012,
          builder ->
              builder.schemaMappers(
                  mappers ->
                      mappers
                          .mapPrefix("https://openlineage.io/spec/", "classpath:openlineage/")
                          .mapPrefix(
                              "https://paritree.example.org/lineage/1-0-0/",
                              "classpath:io/paritree/spark/report/")));

  @TempDir Path directory;
  private Path model;

  @BeforeEach
  void seal() throws Exception {
    model = new TestPackages(directory.resolve("models")).binary();
  }

  @Test
  void collectorGetsTheEventsThatAreBesideTheReport() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 300, 100, 2);
    Path output = directory.resolve("out");
    try (HttpInbox inbox = new HttpInbox(201)) {
      Path conf =
          conf(
              "lineage-url = \"%s/api/v1/lineage\", lineage-namespace = night, lineage-job = parcels"
                  .formatted(inbox.address()));

      JobRun run =
          JobRun.ofParcels(
              model, input, output, "--conf", conf, "--pass", "note", "--run-id", "reported");

      assertThat(run.exitCode()).as(run.err()).isZero();
      List<String> lines = lines(output);
      assertThat(inbox.messages())
          .allSatisfy(
              message -> {
                assertThat(message.method()).isEqualTo("POST");
                assertThat(message.path()).isEqualTo("/api/v1/lineage");
              })
          .extracting(HttpInbox.Message::body)
          .containsExactlyElementsOf(lines);
      assertThat(lines).hasSize(2).allSatisfy(LineageTest::assertValid);
      JsonNode start = JSON.readTree(lines.get(0));
      JsonNode end = JSON.readTree(lines.get(1));
      assertThat(start.get("eventType").asText()).isEqualTo("START");
      assertThat(end.get("eventType").asText()).isEqualTo("COMPLETE");
      assertThat(end.at("/run/runId")).isEqualTo(start.at("/run/runId"));
      assertThat(end.at("/job/namespace").asText()).isEqualTo("night");
      assertThat(end.at("/job/name").asText()).isEqualTo("parcels");
      assertThat(end.at("/run/facets/paritree_run/run").asText()).isEqualTo("reported");
      JsonNode scored = end.at("/run/facets/paritree_model");
      assertThat(scored.get("version").asText()).isEqualTo("parcel-late/1");
      assertThat(scored.get("digest").asText()).hasSize(64);
      assertInput(end.at("/inputs/0"), input);
      assertOutput(end.at("/outputs/0"), output);
    }
  }

  private static void assertInput(JsonNode dataset, Path input) throws Exception {
    assertThat(dataset.get("namespace").asText()).isEqualTo("file");
    assertThat(dataset.get("name").asText()).isEqualTo(input.toString());
    assertThat(dataset.at("/inputFacets/inputStatistics/rowCount").asInt()).isEqualTo(300);
    try (Stream<Path> files = Files.list(input)) {
      assertThat(texts(dataset.at("/inputFacets/subset/inputCondition/locations")))
          .containsExactlyInAnyOrderElementsOf(
              files.map(Path::toString).filter(name -> name.endsWith(".parquet")).toList());
    }
  }

  private static void assertOutput(JsonNode dataset, Path output) {
    assertThat(dataset.get("name").asText()).isEqualTo(output.toString());
    assertThat(dataset.at("/outputFacets/outputStatistics/rowCount").asInt()).isEqualTo(297);
    assertThat(names(dataset.at("/facets/schema/fields"), "name"))
        .containsExactly("parcel_id", "note", "score", "label", "model_version");
    JsonNode fields = dataset.at("/facets/columnLineage/fields");
    assertThat(names(fields.at("/note/inputFields"), "field")).containsExactly("note");
    assertThat(fields.at("/parcel_id/inputFields/0/transformations/0/subtype").asText())
        .isEqualTo("IDENTITY");
    assertThat(names(fields.at("/score/inputFields"), "field"))
        .containsExactly("distance", "weight", "express", "carrier", "zone", "departure");
    assertThat(fields.has("model_version")).isFalse();
  }

  @Test
  void runWithNothingToDoIsComplete() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 20, 0, 1);
    Path output = directory.resolve("out");
    assertThat(JobRun.ofParcels(model, input, output, "--run-id", "first").exitCode()).isZero();

    JobRun run = JobRun.ofParcels(model, input, output, "--run-id", "second");

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode end = null;
    for (String line : lines(output)) {
      assertValid(line);
      JsonNode event = JSON.readTree(line);
      boolean isSecond = event.at("/run/facets/paritree_run/run").asText().equals("second");
      end = isSecond && event.get("eventType").asText().equals("COMPLETE") ? event : end;
    }

    assertThat(end).isNotNull();
    assertThat(end.at("/run/facets/paritree_run/outcome").asText()).isEqualTo("already_published");
    assertThat(end.at("/inputs/0/name").asText()).isEqualTo(input.toString());
    assertThat(end.at("/outputs/0/outputFacets").isMissingNode()).isTrue();
  }

  @Test
  void contributionComesFromItsOwnColumn() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 20, 0, 1);
    Path output = directory.resolve("out");

    JobRun run = JobRun.ofParcels(model, input, output, "--contributions", "--reasons", 2);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(lines(output)).allSatisfy(LineageTest::assertValid);
    JsonNode fields =
        JSON.readTree(lines(output).get(1)).at("/outputs/0/facets/columnLineage/fields");
    assertThat(names(fields.at("/contribution_zone/inputFields"), "field")).containsExactly("zone");
    assertThat(names(fields.at("/reasons/inputFields"), "field")).hasSize(6);
    assertThat(fields.has("contributions_base")).isFalse();
  }

  @Test
  void refusedRunFailsWithItsReason() throws Exception {
    Path output = directory.resolve("out");

    JobRun run = JobRun.ofParcels(model, directory.resolve("nowhere"), output);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(lines(output)).hasSize(2).allSatisfy(LineageTest::assertValid);
    JsonNode end = JSON.readTree(lines(output).get(1));
    assertThat(end.get("eventType").asText()).isEqualTo("FAIL");
    assertThat(end.at("/run/facets/errorMessage/message").asText()).contains("there is no input");
    assertThat(end.at("/run/facets/paritree_run/exitCode").asInt()).isEqualTo(3);
  }

  @Test
  void pushgatewayGetsTheMetricsOfTheOutput() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 50, 0, 1);
    Path output = directory.resolve("out");
    try (HttpInbox inbox = new HttpInbox(200)) {
      Path conf = conf("pushgateway-url = \"%s/prefix/\"".formatted(inbox.address()));

      JobRun run = JobRun.ofParcels(model, input, output, "--conf", conf);

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(inbox.messages()).hasSize(1);
      HttpInbox.Message push = inbox.messages().get(0);
      assertThat(push.method()).isEqualTo("PUT");
      assertThat(push.path()).startsWith("/prefix/metrics/job/paritree/output@base64/");
      assertThat(push.body())
          .contains(
              "# TYPE paritree_job_rows gauge",
              "paritree_job_exit_code{output=\"%s\"} 0".formatted(output),
              "paritree_job_rows{became=\"scored\",output=\"%s\"} 50".formatted(output));
    }
  }

  @Test
  void receiversThatHangRefuseOrAreDownChangeNothing() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 50, 0, 1);
    try (HttpInbox refusing = new HttpInbox(500);
        ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String down = closedAddress();
      Map<String, String> said =
          Map.of(refusing.address(), "status 500", address(hanging), "", down, "ConnectException");
      for (Map.Entry<String, String> receiver : said.entrySet()) {
        Path output = directory.resolve("out-" + receiver.getKey().replaceAll("[^0-9]", ""));
        Path conf =
            conf(
                "lineage-url = \"%s/v1\", pushgateway-url = \"%s\", delivery-seconds = 1"
                    .formatted(receiver.getKey(), receiver.getKey()));

        JobRun run = JobRun.ofParcels(model, input, output, "--conf", conf);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
            .contains(
                "Cannot send lineage event START to %s/v1: ".formatted(receiver.getKey()),
                "Cannot send lineage event COMPLETE to %s/v1: ".formatted(receiver.getKey()),
                "Cannot send metrics to %s: ".formatted(receiver.getKey()),
                receiver.getValue());
        assertThat(lines(output)).hasSize(2);
      }
    }
  }

  /** Returns an address at which nobody listens any more. */
  private static String closedAddress() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return address(socket);
    }
  }

  private static String address(ServerSocket socket) {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  private Path conf(String settings) throws Exception {
    return Files.writeString(
        directory.resolve("job.conf"), "scoring-job { %s }".formatted(settings));
  }

  /** Returns the events of all runs. */
  static List<String> lines(Path output) throws Exception {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> runs =
        Files.list(output.resolveSibling("_paritree/%s/runs".formatted(output.getFileName())))) {
      for (Path run : runs.toList()) {
        lines.addAll(Files.readAllLines(run.resolve("lineage.jsonl")));
      }
    }

    return lines;
  }

  /** Judges an event by the schema that it names, and each facet by its own. */
  static void assertValid(String line) {
    JsonNode event;
    try {
      event = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError(line, e);
    }

    assertThat(faults(event.get("schemaURL").asText(), event)).isEmpty();
    List<JsonNode> facets = new ArrayList<>();
    for (String kind : List.of("facets", "inputFacets", "outputFacets")) {
      event.findValues(kind).forEach(group -> group.forEach(facets::add));
    }

    assertThat(facets)
        .isNotEmpty()
        .allSatisfy(facet -> assertThat(faults(facet.get("_schemaURL").asText(), facet)).isEmpty());
  }

  private static List<String> faults(String schema, JsonNode value) {
    SchemaValidatorsConfig strict =
        SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    return SCHEMAS.getSchema(SchemaLocation.of(schema), strict).validate(value).stream()
        .map(String::valueOf)
        .toList();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static List<String> names(JsonNode array, String member) {
    List<String> names = new ArrayList<>();
    array.forEach(item -> names.add(item.get(member).asText()));
    return names;
  }
}
