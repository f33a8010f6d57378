package io.paritree.proof;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Reads results in the form of Paritree's own protocol: of a record that is scored, or of a row
 * that is stored.
 *
 * @param outputs number of margins of a record
 * @param scores number of scores of a record
 * @param margins what stored rows call their margins; empty for records that are scored
 */
record ResultReader(int outputs, int scores, List<String> margins) {
  ResultReader {
    margins = List.copyOf(margins);
  }

  /** Reads an answer that is the result of one record. */
  void readOne(byte[] answer, int record, WayAnswers to) throws IOException {
    readResult(AnswerTree.of(answer), record, to);
  }

  /**
   * Reads an answer with the results of several records, in their order.
   *
   * @param sent the numbers of the records
   */
  void readAll(byte[] answer, List<Integer> sent, WayAnswers to) throws IOException {
    List<?> results = AnswerTree.list(AnswerTree.of(answer), "results");
    if (results.size() > sent.size()) {
      throw new IOException("Cannot read an answer: it has too many results");
    }

    for (int at = 0; at < results.size(); at++) {
      readResult(AnswerTree.object(results.get(at)), sent.get(at), to);
    }
  }

  private void readResult(Map<?, ?> result, int record, WayAnswers to) throws IOException {
    TreeSet<String> faults = faults(result);
    if (result.containsKey("error")) {
      faults.addAll(refusal(AnswerTree.object(result.get("error"))));
    }

    if (result.containsKey("errors_omitted")) {
      to.inexpressible(record, WayAnswers.LEFT_OUT);
    } else if (!faults.isEmpty()) {
      to.refused(record, String.join(", ", faults));
    } else if (result.containsKey("score") || result.containsKey("scores")) {
      float[] score = AnswerTree.numbers(either(result, "score", "scores"), scores);
      float[] margin = margins(result);
      if (AnswerTree.hasNull(score) || AnswerTree.hasNull(margin)) {
        to.inexpressible(record, WayAnswers.NOT_FINITE);
      } else {
        to.scored(record, margin, 0, score, 0);
      }

      if (result.containsKey("label")) {
        to.labelled(record, AnswerTree.text(result, "label"));
      }
    }
  }

  private float[] margins(Map<?, ?> result) throws IOException {
    if (margins.isEmpty()) {
      return AnswerTree.numbers(either(result, "margin", "margins"), outputs);
    }

    float[] margin = new float[outputs];
    for (int at = 0; at < margin.length; at++) {
      margin[at] = AnswerTree.numbers(result.get(margins.get(at)), 1)[0];
    }

    return margin;
  }

  private static Object either(Map<?, ?> result, String one, String several) {
    return result.containsKey(several) ? result.get(several) : result.get(one);
  }

  /** Returns the faults of a problem or, of one without any, its code. */
  static TreeSet<String> refusal(Map<?, ?> problem) {
    TreeSet<String> faults = faults(problem);
    if (faults.isEmpty()) {
      faults.add(AnswerTree.text(problem, "code"));
    }

    return faults;
  }

  private static TreeSet<String> faults(Map<?, ?> of) {
    TreeSet<String> faults = new TreeSet<>();
    for (Object each : AnswerTree.list(of, "errors")) {
      Map<?, ?> fault = AnswerTree.object(each);
      faults.add(
          "%s: %s".formatted(AnswerTree.text(fault, "field"), AnswerTree.text(fault, "code")));
    }

    return faults;
  }
}
