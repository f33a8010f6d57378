package io.paritree.serving.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.ServingConfigParser;
import io.paritree.serving.http.Route;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract is valid OpenAPI, names every endpoint, and its examples are scored. */
class OpenApiTest {
  private static final String RECORD = "components/schemas/parcel-late_record/";

  @TempDir static Path directory;
  private static RunningServer serving;
  private static String document;

  @BeforeAll
  static void start() throws Exception {
    serving = RunningServer.start(new TestPackages(directory));
    try (Client client = new Client(serving.port())) {
      document = client.get("/openapi.json").body();
    }
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @Test
  void validatorFindsNothingWrong() {
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(document);

    assertThat(result.getMessages()).isEmpty();
    assertThat(result.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
    assertThat(result.getOpenAPI().getPaths()).hasSizeGreaterThan(30);
  }

  @Test
  void validatorFindsAMistake() {
    String broken = document.replaceFirst("\"responses\":", "\"answers\":");

    assertThat(new OpenAPIV3Parser().readContents(broken).getMessages()).isNotEmpty();
  }

  @Test
  void everyRouteIsDescribed() throws Exception {
    Set<String> described =
        ((Map<?, ?>) JsonTree.at(JsonTree.parse(document), "paths"))
            .keySet().stream().map(Object::toString).collect(Collectors.toSet());
    ServingConfig config = ServingConfigParser.read(Optional.empty(), Map.of());
    for (Route route : RunningServer.routes(config)) {
      if (!route.path().contains("{version}")) {
        assertThat(described).contains(route.path().replace("{name}", "parcel-late"));
      }
    }
  }

  @Test
  void recordsAreDescribedByTheModelsOwnFeatures() {
    Object tree = JsonTree.parse(document);
    String distance = RECORD + "properties/distance/allOf/0/anyOf/";

    assertThat(JsonTree.at(tree, distance + "0/minimum")).isEqualTo("0");
    assertThat(JsonTree.at(tree, distance + "0/maximum").toString()).startsWith("5");
    assertThat(JsonTree.at(tree, distance + "1/enum")).isEqualTo(List.of("-999.0"));
    assertThat(JsonTree.at(tree, distance + "2/type")).isEqualTo("null");
    assertThat(JsonTree.at(tree, RECORD + "required")).isEqualTo(List.of("weight"));
    assertThat(JsonTree.at(tree, RECORD + "additionalProperties")).isEqualTo(false);
    assertThat(JsonTree.at(tree, RECORD + "properties/zone/allOf/0/anyOf/0/enum"))
        .isEqualTo(List.of("10", "20", "30", "7"));
    assertThat(document).contains("Zürich Post");
  }

  @Test
  void everyModelScoresItsExample() throws Exception {
    Object tree = JsonTree.parse(document);
    try (Client client = new Client(serving.port())) {
      for (String name : List.of("parcel-late", "parcel-class", "parcel-class-index", "wide")) {
        Object example = JsonTree.at(tree, "components/schemas/" + name + "_record/examples/0");
        Answer answer = client.post("/v1/models/" + name + "/score", json((Map<?, ?>) example));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      }
    }
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
