package io.paritree.serving.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.Keyword;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.oas.OpenApi30;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An OpenAPI document as a judge of real requests and answers.
 *
 * <p>Stricter than the document: a member that it does not name is a fault.
 */
final class Contract {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PLACE = "https://contract.example.org/openapi.json";

  /** Headers of HTTP itself, and those that the document's description gives every answer. */
  private static final Set<String> USUAL =
      Set.of(
          "content-type",
          "content-length",
          "connection",
          "date",
          "cache-control",
          "x-content-type-options");

  private final JsonNode document;
  private final JsonSchemaFactory schemas;
  private final Map<String, JsonSchema> known = new HashMap<>();

  Contract(String text) throws IOException {
    this.document = JSON.readTree(text);
    JsonNode strict = document.deepCopy();
    close(strict);
    this.schemas =
        JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V4,
            builder ->
                builder
                    .metaSchema(dialect())
                    .defaultMetaSchemaIri(OpenApi30.getInstance().getIri())
                    .schemaLoaders(loaders -> loaders.schemas(Map.of(PLACE, strict.toString()))));
  }

  /** Returns OpenAPI's dialect; the document around the schemas is nothing to judge by. */
  private static JsonMetaSchema dialect() {
    List<Keyword> others =
        Stream.of("openapi", "info", "servers", "security", "tags", "paths", "components")
            .<Keyword>map(NonValidationKeyword::new)
            .toList();
    return JsonMetaSchema.builder(OpenApi30.getInstance()).keywords(others).build();
  }

  /** Allows no further members where members are named. */
  private static void close(JsonNode node) {
    node.forEach(Contract::close);
    if (node instanceof ObjectNode object && object.path("properties").isObject()) {
      object.put("additionalProperties", false);
    }
  }

  JsonNode document() {
    return document;
  }

  /** Returns the path of the document that leads to a path; literal segments win. */
  String template(String path) {
    List<String> fitting =
        names(document.path("paths"))
            .filter(each -> Pattern.matches(regex(each), path))
            .sorted((one, other) -> Integer.compare(braces(one), braces(other)))
            .toList();
    if (fitting.isEmpty()) {
      throw new AssertionError("No path of the document leads to " + path);
    }

    return fitting.get(0);
  }

  private static String regex(String template) {
    return Stream.of(template.split("(?=\\{)|(?<=})"))
        .map(part -> part.startsWith("{") ? "[^/]+" : Pattern.quote(part))
        .collect(Collectors.joining());
  }

  private static int braces(String template) {
    return template.split("\\{", -1).length;
  }

  static Stream<String> names(JsonNode object) {
    Iterable<String> names = object::fieldNames;
    return StreamSupport.stream(names.spliterator(), false);
  }

  /** Returns in which way an answer is not what the document says; nothing if it is. */
  List<String> faults(String method, String path, Answer answer) throws IOException {
    String template = template(path.split("\\?", 2)[0]);
    JsonNode operation =
        document.path("paths").path(template).path(method.toLowerCase(Locale.ROOT));
    String pointer =
        "/paths/" + escaped(template) + "/" + method.toLowerCase(Locale.ROOT) + "/responses/";
    String status = String.valueOf(answer.status());
    JsonNode response = operation.path("responses").path(status);
    if (response.isMissingNode()) {
      return List.of("status " + status + " is not documented");
    }

    pointer += status;
    if (response.has("$ref")) {
      pointer = response.get("$ref").asText().substring(1);
      response = document.at(pointer);
    }

    List<String> faults = new ArrayList<>();
    Set<String> headers =
        names(response.path("headers"))
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    for (String header : answer.headers().keySet()) {
      if (!USUAL.contains(header) && !headers.contains(header)) {
        faults.add("header " + header + " is not documented");
      }
    }

    JsonNode content = response.path("content");
    if (content.isMissingNode()) {
      if (!answer.body().isEmpty()) {
        faults.add("a body is not documented: " + answer.body());
      }

      return faults;
    }

    String type = answer.headers().getOrDefault("content-type", "").split(";")[0];
    if (!content.has(type)) {
      faults.add("content type '" + type + "' is not documented");
    } else if (type.endsWith("json")) {
      faults.addAll(
          faults(pointer + "/content/" + escaped(type) + "/schema", JSON.readTree(answer.body())));
    }

    return faults;
  }

  /** Returns in which way a value does not fit the schema at a JSON pointer of the document. */
  List<String> faults(String pointer, JsonNode value) {
    return known
        .computeIfAbsent(pointer, each -> schemas.getSchema(SchemaLocation.of(PLACE + "#" + each)))
        .validate(value)
        .stream()
        .map(Object::toString)
        .toList();
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
