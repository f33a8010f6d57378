package io.paritree.serving.openapi;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.CardWriter;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.TestPackages;
import io.paritree.serving.AccessTable;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import io.paritree.serving.StoredOutput;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.http.Route;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document is valid, plain enough for generators, and names every endpoint and status. */
class OpenApiTest {
  private static final String RECORD = "components/schemas/ParcelLateRecord/";
  private static final Set<String> STATUSES =
      Set.of("400", "404", "405", "406", "408", "413", "415", "421", "429", "431", "500", "503");

  @TempDir static Path directory;
  private static RunningServer serving;
  private static String document;

  @BeforeAll
  static void start() throws Exception {
    TestPackages packages = new TestPackages(directory).withReference(50);
    List<Path> models =
        List.of(
            packages.binary(), packages.classes(), packages.classIndex(), packages.wide(28, 20, 4));
    serving =
        RunningServer.start(
            models.stream().map(model -> model.getParent().toString()).toList(),
            Map.of(
                "scores.parcels.output",
                output("parcels", "day=1", "parcel_id"),
                "scores.route-parcels.output",
                output("routes", "day=1/depot=A", "route", "parcel id")));
    try (Client client = new Client(serving.port())) {
      document = client.get("/openapi.json").body();
    }
  }

  private static String output(String name, String partition, String... keys) throws IOException {
    StoredOutput output =
        new StoredOutput(
            directory.resolve(name),
            new KeyForm(
                Arrays.stream(keys)
                    .map(key -> new KeyColumn(key, KeyColumn.Type.INTEGER, 0))
                    .toList()),
            1);
    List<String> key = Arrays.stream(keys).map(column -> "1").toList();
    output.publish(partition, "parcel-late/1", rows -> rows.add(key, "", 0.5f));
    return '"' + output.path().toString() + '"';
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @Test
  void validatorFindsNothingWrong() {
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(document);

    assertThat(result.getMessages()).isEmpty();
    assertThat(result.getOpenAPI().getOpenapi()).isEqualTo("3.0.3");
    assertThat(result.getOpenAPI().getPaths()).hasSizeGreaterThan(30);
  }

  @Test
  void generatorsFindNothingThatTheyCannotExpress() {
    assertThat(document).doesNotContain("\"allOf\"", "\"anyOf\"", "\"oneOf\"", "\"not\"");
    assertThat(document).doesNotContain("\"application/json\":{}");
    assertThat(document).doesNotContain("<", ">"); // no place of the templates was left
  }

  @Test
  void validatorFindsAMistake() {
    String broken = document.replaceFirst("\"responses\":", "\"answers\":");

    assertThat(new OpenAPIV3Parser().readContents(broken).getMessages()).isNotEmpty();
  }

  @Test
  void everyRouteIsDescribed() throws Exception {
    Contract contract = new Contract(document);
    ServingConfig config = TestConfig.read(Optional.empty(), Map.of("page.mode", "off"));
    for (Route route : RunningServer.routes(config)) {
      String path = route.path().replace("{version}", "1");
      String method = route.method().name().toLowerCase(Locale.ROOT);
      for (String name : List.of("parcel-late", "parcel-late@champion")) {
        if (name.equals("parcel-late") || !path.contains("/versions/")) {
          String template =
              contract.template(path.replace("{name}", name).replace("{table}", "parcels"));
          assertThat(contract.document().path("paths").path(template).has(method))
              .as(template)
              .isTrue();
        }
      }
    }
  }

  @Test
  void storedScoresHavePathsOfTheirOwnWithTheColumnsAsParameters() throws Exception {
    JsonNode paths = new Contract(document).document().path("paths");

    assertThat(parameters(paths, "/v1/scores/parcels/{key}")).containsExactly("key*", "day");
    assertThat(parameters(paths, "/v1/scores/parcels/row")).containsExactly("parcel_id*", "day");
    assertThat(parameters(paths, "/v1/scores/parcels/lookup")).containsExactly("day");
    assertThat(parameters(paths, "/v1/scores/route-parcels/row/history"))
        .containsExactly("route*", "parcel id*", "day", "depot");
    assertThat(paths.has("/v1/scores/route-parcels/{key}")).isFalse();
    assertThat(paths.path("/v1/scores/route-parcels/row").path("get").path("operationId").asText())
        .isEqualTo("getRouteParcelsRow");
  }

  /** Returns the parameters of a path, with a star if they are required. */
  private static List<String> parameters(JsonNode paths, String path) {
    List<String> names = new ArrayList<>();
    for (JsonNode parameter : paths.path(path).path("parameters")) {
      names.add(
          parameter.path("name").asText() + (parameter.path("required").asBoolean() ? "*" : ""));
    }

    return names;
  }

  @Test
  void everyOperationHasItsOwnNameAndEveryStatus() throws Exception {
    JsonNode paths = new Contract(document).document().path("paths");
    Set<String> names = new HashSet<>();
    for (JsonNode path : paths) {
      for (JsonNode operation : path) {
        if (operation.isArray()) {
          continue; // the parameters of the path
        }

        assertThat(names.add(operation.path("operationId").asText().toLowerCase(Locale.ROOT)))
            .as(operation.path("operationId").asText())
            .isTrue();
        Set<String> statuses = Contract.names(operation.path("responses")).collect(toSet());
        assertThat(statuses).containsAll(STATUSES).contains("200", "default");
        boolean open = operation.path("security").isArray();
        assertThat(statuses.contains("401")).isNotEqualTo(open);
      }
    }

    assertThat(paths.path("/ping").path("get").path("security")).isEmpty();
  }

  @Test
  void answersWithoutResultHaveTheirHeaders() throws Exception {
    JsonNode responses = new Contract(document).document().path("components").path("responses");
    for (String form : List.of("Problem", "MlflowError", "InferenceError")) {
      assertThat(Contract.names(responses.path(form + "-503").path("headers")))
          .contains("Retry-After", "X-Request-Id");
      assertThat(Contract.names(responses.path(form + "-405").path("headers"))).contains("Allow");
      assertThat(Contract.names(responses.path(form + "-401").path("headers")))
          .contains("WWW-Authenticate");
    }
  }

  @Test
  void tokensAreRequiredWhereTheServerHasThem() throws Exception {
    assertThat(new Contract(document).document().path("security").toString())
        .isEqualTo("[{},{\"token\":[]}]");
    try (RunningServer guarded =
            RunningServer.start(
                List.of(directory.resolve("parcel-late").toString()), AccessTable.settings());
        Client client = new Client(guarded.port())) {
      String its =
          client.send("GET", "/openapi.json", new byte[0], AccessTable.callersToken()).body();
      assertThat(new Contract(its).document().path("security").toString())
          .isEqualTo("[{\"token\":[]}]");
    }
  }

  @Test
  void serverIsTheOneThatTheCallerReached() throws Exception {
    try (Client client = new Client(serving.port())) {
      assertThat(server(client, "")).isEqualTo("http://test");
      assertThat(server(client, "X-Forwarded-For: 10.0.0.1\r\n")).isEqualTo("/");
    }
  }

  private static String server(Client client, String headers) throws IOException {
    String its = client.send("GET", "/openapi.json", new byte[0], headers).body();
    return new Contract(its).document().path("servers").path(0).path("url").asText();
  }

  @Test
  void recordsAreDescribedByTheModelsOwnFeatures() {
    Object tree = JsonTree.parse(document);
    String distance = RECORD + "properties/distance/";

    assertThat(JsonTree.at(tree, distance + "type")).isEqualTo("number");
    assertThat(JsonTree.at(tree, distance + "minimum").toString()).startsWith("-999");
    assertThat(JsonTree.at(tree, distance + "maximum").toString()).startsWith("5");
    assertThat(JsonTree.at(tree, distance + "nullable")).isEqualTo(true);
    assertThat(JsonTree.at(tree, RECORD + "required")).isEqualTo(List.of("weight"));
    assertThat(JsonTree.at(tree, RECORD + "additionalProperties")).isEqualTo(false);
    assertThat(JsonTree.at(tree, RECORD + "properties/zone/enum"))
        .isEqualTo(Arrays.asList("10", "20", "30", "7", null));
    assertThat(document).contains("Zürich Post");
  }

  @Test
  void namesOfModelsThatDifferInSignsOnlyStayApart() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("names"));
    List<String> names = List.of("a-b", "a.b", "AB", "ab-batch", "ab", "2", "ab-by-alias", "-");
    List<String> references =
        names.stream().map(name -> packages.awkward(name, 1).getParent().toString()).toList();
    try (RunningServer server = RunningServer.start(references, Map.of());
        Client client = new Client(server.port())) {
      Contract contract = new Contract(client.get("/openapi.json").body());
      Set<String> operations = new HashSet<>();
      for (JsonNode path : contract.document().path("paths")) {
        JsonNode operation = path.path("post");
        if (!operation.isMissingNode()) {
          String id = operation.path("operationId").asText();
          assertThat(operations.add(id.toLowerCase(Locale.ROOT))).as(id).isTrue();
          assertThat(id).matches("[a-zA-Z0-9]+");
        }
      }

      List<String> schemas =
          Contract.names(contract.document().path("components").path("schemas"))
              .map(name -> name.toLowerCase(Locale.ROOT))
              .toList();
      assertThat(schemas).doesNotHaveDuplicates();
    }
  }

  @Test
  void versionWithOtherFeaturesIsNotDescribedByThoseOfThePlainName() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("versions"));
    Path first = packages.awkward(TestPackages.BINARY, 1);
    packages.binary(2, 5);
    List<String> references = List.of(first.getParent().toString(), first.toString());
    try (RunningServer server = RunningServer.start(references, Map.of());
        Client client = new Client(server.port())) {
      Contract contract = new Contract(client.get("/openapi.json").body());
      String version = "/v1/models/parcel-late/versions/1/score";
      Answer answer = client.post(version, "{\"größe\":5}");

      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(body(contract, "/v1/models/parcel-late/score")).endsWith("/ParcelLateRecord");
      assertThat(body(contract, version)).endsWith("/ParcelLateOtherRecord");
      assertThat(client.post("/v1/models/parcel-late/score", "{\"weight\":5}").status())
          .isEqualTo(200);
    }
  }

  private static String body(Contract contract, String path) {
    return contract
        .document()
        .path("paths")
        .path(contract.template(path))
        .at("/post/requestBody/content/application~1json/schema/$ref")
        .asText();
  }

  @Test
  void everyMemberOfACardIsDescribed() throws Exception {
    Object schemas = JsonTree.at(JsonTree.parse(document), "components/schemas");
    Object card = JsonTree.at(schemas, "ModelCard/properties");
    try (Client client = new Client(serving.port())) {
      Object shown = JsonTree.parse(client.get("/v1/models/parcel-late").body());

      assertThat(names(card)).contains("reference").containsAll(names(shown));
      assertThat(names(JsonTree.at(schemas, "Profile/properties")))
          .containsAll(names(JsonTree.at(shown, "reference")));
    }

    Path stopped = new TestPackages(directory).bareStoppedModel();
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      CardWriter.members(json, Opening.open(stopped.toString(), EngineKind.FOREST));
      json.writeEndObject();
    }

    Object unsealed = JsonTree.parse(text.toString());
    assertThat(names(card)).containsAll(names(unsealed));
    assertThat(names(JsonTree.at(card, "rounds/properties")))
        .containsAll(names(JsonTree.at(unsealed, "rounds")));
  }

  private static Set<String> names(Object object) {
    return ((Map<?, ?>) object).keySet().stream().map(String::valueOf).collect(Collectors.toSet());
  }

  @Test
  void everyModelScoresItsExample() throws Exception {
    Object tree = JsonTree.parse(document);
    try (Client client = new Client(serving.port())) {
      for (String name : List.of("ParcelLate", "ParcelClass", "ParcelClassIndex", "Wide")) {
        Object example = JsonTree.at(tree, "components/schemas/" + name + "Record/example");
        Answer answer =
            client.post("/v1/models/" + path(name) + "/score", json((Map<?, ?>) example));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      }
    }
  }

  private static String path(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /** Writes a flat object; texts that look like numbers become numbers. */
  private static String json(Map<?, ?> object) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      for (Map.Entry<?, ?> member : object.entrySet()) {
        json.writeFieldName(member.getKey().toString());
        String value = member.getValue().toString();
        if (value.matches("-?[0-9.E+]+|true|false")) {
          json.writeRawValue(value);
        } else {
          json.writeString(value);
        }
      }

      json.writeEndObject();
    }

    return text.toString();
  }
}
