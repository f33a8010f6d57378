package io.paritree.proof;

import io.paritree.model.ScoringModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Scores records by Paritree's own protocol.
 *
 * @param most how many records a request has at most; with 1, it has no array
 */
record HttpWay(String name, int most, TriedServer server, ScoringModel model) implements Way {
  private static final String JSON = "application/json";

  @Override
  public WayAnswers score(TriedBlock records) throws IOException {
    int count = records.records().size();
    WayAnswers answers = new WayAnswers(count, model.engine().outputs(), model.engine().scores());
    List<Integer> all = IntStream.range(0, count).boxed().toList();
    TriedServer.each(TriedServer.parts(all, most), part -> send(records, part, answers));
    return answers;
  }

  private void send(TriedBlock records, List<Integer> sent, WayAnswers to) throws IOException {
    String json =
        sent.stream()
            .map(record -> records.records().get(record).json(records.schema().fields()))
            .collect(Collectors.joining(","));
    ResultReader results =
        new ResultReader(model.engine().outputs(), model.engine().scores(), List.of());
    String at = server.model("/v1") + "/%s?margin=true";
    if (most == 1) {
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      byte[] answer = server.post(at.formatted("score"), JSON, body, OptionalInt.empty()).body();
      results.readOne(answer, sent.get(0), to);
    } else {
      byte[] body = ("[" + json + "]").getBytes(StandardCharsets.UTF_8);
      results.readAll(server.results(at.formatted("score-batch"), JSON, body), sent, to);
    }
  }
}
