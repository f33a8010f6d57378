package io.paritree.serving.insight.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A model of each kind, by the name under which it is served, and random records for it. */
public final class SweptModels {
  /** Texts that a page must show as they are. */
  public static final List<String> HOSTILE =
      List.of("<img src=x onerror=alert(1)>", "\"'`\\/~", "\u202eabc\u2066", "x".repeat(4_096));

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SHARED =
      """
      {"features": [
        {"name": "f0", "type": "number", "column": "both", "min": -5, "max": 20, "missing": [1]},
        {"name": "f1", "type": "number", "column": "both", "max": 9.5, "missing": [0.5, "n/a"]}]}""";
  private static final String RULES =
      """
      {"features": [
        {"name": "f0", "type": "number", "column": "both", "min": -50, "max": 200, "missing": [-1]},
        {"name": "f1", "type": "number", "column": "both", "missing": [0, "n/a"]},
        {"name": "f2", "type": "boolean", "column": "truth"},
        {"name": "f3", "type": "number", "column": "truth"},
        {"name": "f4", "type": "number", "column": "code"},
        {"name": "f5", "type": "category", "categories": [5, 0, 17], "column": "code",
         "unseen": "reject"},
        {"name": "f6", "type": "category", "categories": ["a", "b", "n/a"], "missing": ["n/a"],
         "unseen": {"as": "b"}, "nullable": false},
        {"name": "f7", "type": "minute_of_day", "column": "at"},
        {"name": "f8", "type": "year", "column": "at"},
        {"name": "f9", "type": "category", "categories": "codes"}]}""";

  private final Map<String, Path> references = new LinkedHashMap<>();

  public SweptModels(Path directory) throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store"));
    byte[] parcels = TestPackages.parcelModel("binary:logistic", 20);
    references.put("parcel-late", packages.binary());
    references.put("parcel-reasons", packages.reasons());
    references.put("parcel-class", packages.classes());
    references.put("parcel-class-index", packages.classIndex());
    references.put("wide", packages.wide(300, 20, 4));
    references.put("exposed", packages.offset());
    references.put("claims", packages.counts());
    references.put("priors", packages.offsets());
    references.put("floats", packages.floats());
    references.put("awkward", packages.awkward("awkward", 1));
    references.put("shared", packages.sealNumbers("shared", 1, classes(3), SHARED));
    references.put("rules", packages.sealNumbers("rules", 1, wide(10), RULES));
    references.put("hostile", packages.sealNumbers("hostile", 1, wide(8), hostile()));
    references.put(
        "codes",
        packages.sealNumbers(
            "codes",
            1,
            parcels,
            TestRecords.SCHEMA
                .formatted("")
                .replace(
                    "\"categories\": [10, 20, 30, 7], \"unseen\": \"reject\"",
                    "\"categories\": \"codes\"")));
    references.put(
        "many",
        packages.sealNumbers(
            "many",
            1,
            wide(4, 60, 6),
            "{\"features\":[%s,%s,%s,%s]}"
                .formatted(number(0, "n"), number(1, "n"), number(2, "n"), number(3, "m"))));
    references.put("classes", packages.bareClassesModel(3));
    for (String name : List.of("quantiles", "dart", "vectors")) {
      Path file = directory.resolve(name + ".json");
      String resource = "/io/paritree/model/trainer/%s-3.0.json".formatted(name);
      try (InputStream in = SweptModels.class.getResourceAsStream(resource)) {
        Files.copy(in, file);
      }

      references.put(name, file);
    }
  }

  private static byte[] classes(int count) {
    return TestPackages.classesModel(count);
  }

  private static byte[] wide(int width) {
    return wide(width, 20, 4);
  }

  private static byte[] wide(int width, int rounds, int depth) {
    return TestPackages.wideModel(width, rounds, depth);
  }

  private static String number(int index, String column) {
    return "{\"name\":\"f%s\",\"type\":\"number\",\"column\":\"%s\"}".formatted(index, column);
  }

  /** Returns a schema of numbers and categories whose names are hostile. */
  private static String hostile() {
    ArrayNode features = JSON.createArrayNode();
    for (int index = 0; index < 8; index++) {
      ObjectNode feature = features.addObject();
      feature.put("name", hostile(index)).put("type", index < 4 ? "number" : "category");
      if (index >= 4) {
        HOSTILE.forEach(feature.putArray("categories")::add);
        feature.put("unseen", "reject");
      }
    }

    return JSON.createObjectNode().set("features", features).toString();
  }

  /** Returns the name of a hostile feature; the longest that can be read has 1,024 characters. */
  public static String hostile(int index) {
    String text = HOSTILE.get(index % HOSTILE.size());
    return text.substring(0, Math.min(1_000, text.length())) + index;
  }

  public List<String> names() {
    return List.copyOf(references.keySet());
  }

  /** Returns what a server takes to serve all models. */
  public List<String> references() {
    return references.values().stream().map(Path::toString).toList();
  }

  /** Opens a model, besides the server that has it. */
  ScoringModel model(String name) throws Exception {
    return Opening.open(references.get(name).toString(), EngineKind.FOREST);
  }

  /** Returns a random record that a model may refuse: of the values that a contract names. */
  static ObjectNode record(JsonNode contract, Random random) {
    ObjectNode record = JSON.createObjectNode();
    for (JsonNode field : contract.path("fields")) {
      if (random.nextInt(4) > 0 || !field.path("nullable").asBoolean()) {
        record.set(field.path("name").asText(), value(field, contract, random));
      }
    }

    return record;
  }

  private static JsonNode value(JsonNode field, JsonNode contract, Random random) {
    List<JsonNode> values = new ArrayList<>();
    field.path("categories").forEach(values::add);
    if (field.path("nullable").asBoolean()) {
      field.path("missing").forEach(values::add);
    }

    values.add(contract.path("example").path(field.path("name").asText()));
    if (field.path("type").asText().equals("number")) {
      for (int times = 0; times < 4; times++) {
        int most = field.has("role") ? 2 : 300;
        double min = Math.max(-most, field.path("min").asDouble(-most));
        double max = Math.min(most, field.path("max").asDouble(most));
        float value = (float) (min + random.nextDouble() * (max - min));
        values.add(JSON.getNodeFactory().numberNode(value));
      }
    }

    if (field.path("type").asText().equals("boolean")) {
      values.add(JSON.getNodeFactory().booleanNode(false));
    }

    return values.get(random.nextInt(values.size()));
  }
}
