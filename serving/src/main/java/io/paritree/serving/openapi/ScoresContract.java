package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.stored.OpenPartition;
import io.paritree.serving.stored.ServedOutput;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Paths of one output's stored scores in the OpenAPI document, with the columns of its keys and
 * partitions as parameters.
 *
 * @param key what the names of the operations have in common
 * @param columns of the keys
 * @param partitions columns of the partitions that are no columns of the keys
 */
record ScoresContract(String name, String key, List<KeyColumn> columns, Set<String> partitions) {
  private static final DocumentTemplate OPERATIONS = new DocumentTemplate("scores-operations.json");
  private static final DocumentTemplate KEY_OPERATIONS =
      new DocumentTemplate("scores-key-operations.json");

  private static final String IN_PATH =
      "The key, %s; one with a slash, a backslash, a percent sign or a control character, an empty"
          + " one, and the words row, runs, drift, . and .. are given by the query, see /row";
  private static final String PARTITION =
      "Only partitions with this value are searched; a null is __HIVE_DEFAULT_PARTITION__";

  /** Returns the contract of each output that has a partition in service. */
  static List<ScoresContract> all(StoredScores scores) {
    List<ScoresContract> contracts = new ArrayList<>();
    UniqueNames keys = new UniqueNames("Scores", List::of);
    for (ServedOutput table : scores.all()) {
      List<OpenPartition> partitions = table.partitions();
      String key = keys.of(table.name());
      if (!partitions.isEmpty()) {
        List<KeyColumn> columns = partitions.get(0).manifest().keys().columns();
        Set<String> of = new LinkedHashSet<>();
        partitions.forEach(partition -> of.addAll(partition.values().keySet()));
        columns.forEach(column -> of.remove(column.name()));
        contracts.add(new ScoresContract(table.name(), key, columns, of));
      }
    }

    return contracts;
  }

  /** Writes the paths as members of the open object. */
  void writePaths(JsonGenerator json) throws IOException {
    Map<String, String> texts =
        Map.of("<base>", "/v1/scores/" + ModelAddress.encoded(name), "<Table>", key);
    DocumentTemplate.Insert parameters =
        (given, out) -> Parameter.write(parameters(given.getText()), out);
    Map<String, DocumentTemplate.Insert> inserts =
        Map.of("<parameters>", parameters, "<errors>", ErrorResponses::refer);
    OPERATIONS.writeMembers(texts, inserts, json);
    if (columns.size() == 1) {
      KEY_OPERATIONS.writeMembers(texts, inserts, json);
    }
  }

  /**
   * @param kind which parameters come before the partitions: of no key, of its columns, or the key
   *     in the path
   */
  private List<Parameter> parameters(String kind) {
    List<Parameter> parameters = new ArrayList<>();
    if (kind.equals("COLUMNS")) {
      for (KeyColumn column : columns) {
        String description = "Of the key: " + KeyForm.expected(column);
        parameters.add(new Parameter(column.name(), "query", true, description));
      }
    } else if (kind.equals("KEY")) {
      String description = IN_PATH.formatted(KeyForm.expected(columns.get(0)));
      parameters.add(new Parameter("key", "path", true, description));
    }

    for (String partition : partitions) {
      parameters.add(new Parameter(partition, "query", false, PARTITION));
    }

    return parameters;
  }
}
