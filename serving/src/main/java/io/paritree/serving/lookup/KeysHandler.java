package io.paritree.serving.lookup;

import io.javalin.http.Context;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import io.paritree.lookup.InvalidKeyException;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.stored.KeyLookup;
import io.paritree.serving.stored.KeyResult;
import io.paritree.serving.stored.LookupKey;
import io.paritree.serving.stored.LookupProblem;
import io.paritree.serving.stored.StoredAnswer;
import io.paritree.serving.stored.StoredRow;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code POST /v1/scores/{table}/lookup}: {@code {"keys": [...]}}, with a value or an object of the
 * columns for each key. Answers in their order, with a row or an error for each. Thread-safe.
 */
public record KeysHandler(StoredScores scores, ServingConfig.Limits limits) {

  public void handle(Context ctx) throws IOException {
    KeyLookup lookup = new LookupQuery(ctx, scores).ofPartitions();
    List<List<String>> keys = keys(MediaTypes.jsonBody(ctx), lookup);
    JsonBytes json = new JsonBytes();
    json.raw("{\"results\":[");
    int found = 0;
    for (int index = 0; index < keys.size(); index++) {
      json.raw(index == 0 ? "{" : ",{");
      found += result(lookup, keys.get(index), json) ? 1 : 0;
      AnswerLimit.check(index + 1, json.raw('}'), limits);
    }

    json.raw("],\"found\":").number(found);
    json.raw(",\"absent\":").number(keys.size() - found);
    Answers.send(json.raw("}\n"), ctx);
  }

  private static boolean result(KeyLookup lookup, List<String> values, JsonBytes json)
      throws IOException {
    LookupKey key;
    try {
      key = lookup.key(values);
    } catch (InvalidKeyException e) {
      LookupProblem.write(LookupProblem.of(e), json);
      return false;
    }

    KeyResult result = lookup.find(key, 1);
    Optional<StoredRow> row = result.scored();
    json.raw("\"key\":").raw(key.json()).raw(',');
    if (row.isPresent()) {
      StoredAnswer.write(row.get(), json);
      return true;
    }

    Problem problem = LookupProblem.of(result);
    if (problem.status() >= 500) {
      throw new ProblemException(problem);
    }

    LookupProblem.write(problem, json);
    return false;
  }

  private List<List<String>> keys(byte[] body, KeyLookup lookup) {
    List<String> columns = lookup.form().names();
    List<List<String>> keys = new ArrayList<>();
    try {
      StrictJson json = new StrictJson("the body", body);
      json.document(
          () ->
              json.object(
                  Map.of("keys", () -> json.list(() -> add(key(json, columns), keys))),
                  Set.of("keys")));
    } catch (BrokenJsonException e) {
      throw new ProblemException(Problems.MALFORMED_BODY.of(e.getMessage()));
    }

    return keys;
  }

  private void add(List<String> key, List<List<String>> keys) {
    keys.add(key);
    if (keys.size() > limits.rows()) {
      throw new ProblemException(Problems.TOO_MANY_ROWS.of(limits.rows(), ""));
    }
  }

  private static List<String> key(StrictJson json, List<String> columns)
      throws BrokenJsonException {
    if (!json.isObject()) {
      if (columns.size() > 1) {
        throw json.wrong("an object with " + columns);
      }

      return List.of(json.literal());
    }

    String[] key = new String[columns.size()];
    json.namedValues(
        name -> {
          int column = columns.indexOf(name);
          if (column < 0) {
            throw json.wrong("only the columns " + columns);
          }

          key[column] = json.literal();
        });
    if (Arrays.asList(key).contains(null)) {
      throw json.wrong("all of the columns " + columns);
    }

    return List.of(key);
  }
}
