package io.paritree.proof;

import io.paritree.proof.ServerRequests.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A way by a protocol that refuses a request as a whole if one record cannot be scored. So records
 * that the reference encoding refuses are sent alone, and a request that is refused all the same is
 * sent again in halves.
 */
interface RefusingWay extends Way {
  /** So many records are sent at once, at most. */
  int MOST_IN_BATCH = 500;

  /** So many values, whose bytes are fewer than a server allows by default. */
  int MOST_VALUES = 10_000;

  /** Returns how many records of so many fields are sent at once. */
  static int batch(int fields) {
    return Math.max(1, Math.min(MOST_IN_BATCH, MOST_VALUES / Math.max(1, fields)));
  }

  /** Sends records in one request. */
  Answer ask(List<TriedRecord> records) throws IOException;

  /**
   * Reads an answer with status 200.
   *
   * @param sent the numbers of the records
   */
  void read(Answer answer, List<Integer> sent, WayAnswers to) throws IOException;

  /**
   * Scores some of the records of a block.
   *
   * @param possible their numbers
   * @param to receives the answers
   */
  default void ask(TriedBlock records, List<Integer> possible, WayAnswers to) throws IOException {
    String[] faults = records.encoded().faults();
    List<Integer> scored = possible.stream().filter(record -> faults[record] == null).toList();
    List<Integer> refused = possible.stream().filter(record -> faults[record] != null).toList();
    List<List<Integer>> parts = new ArrayList<>(TriedServer.parts(refused, 1));
    parts.addAll(TriedServer.parts(scored, batch(records.schema().fields().size())));
    TriedServer.each(parts, part -> ask(records.records(), part, to));
  }

  private void ask(List<TriedRecord> all, List<Integer> sent, WayAnswers to) throws IOException {
    Answer answer = ask(sent.stream().map(all::get).toList());
    if (answer.status() != TriedServer.REFUSED) {
      read(answer, sent, to);
    } else if (sent.size() == 1) {
      to.refused(
          sent.get(0), String.join(", ", ResultReader.refusal(AnswerTree.of(answer.body()))));
    } else {
      int half = sent.size() / 2;
      ask(all, sent.subList(0, half), to);
      ask(all, sent.subList(half, sent.size()), to);
    }
  }
}
