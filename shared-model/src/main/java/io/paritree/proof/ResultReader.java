package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Reads results in the form of Paritree's own protocol: of a record that is scored, or of a row
 * that is stored.
 *
 * @param outputs number of margins of a record
 * @param scores number of scores of a record
 * @param margins what stored rows call their margins
 */
record ResultReader(int outputs, int scores, List<String> margins) {
  private static final JsonFactory JSON = new JsonFactory();

  ResultReader {
    margins = List.copyOf(margins);
  }

  /** Reads an answer that is the result of one record. */
  void readOne(byte[] answer, int record, WayAnswers to) throws IOException {
    try (JsonParser json = JSON.createParser(answer)) {
      json.nextToken();
      readResult(json, record, to);
    }
  }

  /**
   * Reads an answer with the results of several records, in their order.
   *
   * @param sent the numbers of the records
   */
  void readAll(byte[] answer, List<Integer> sent, WayAnswers to) throws IOException {
    try (JsonParser json = JSON.createParser(answer)) {
      json.nextToken();
      int next = 0;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean areResults = json.currentName().equals("results");
        json.nextToken();
        if (!areResults) {
          json.skipChildren();
          continue;
        }

        while (json.nextToken() == JsonToken.START_OBJECT) {
          if (next == sent.size()) {
            throw new IOException("Cannot read an answer: it has too many results");
          }

          readResult(json, sent.get(next++), to);
        }
      }
    }
  }

  /** Reads the result at the current token, and stops at its last token. */
  private void readResult(JsonParser json, int record, WayAnswers to) throws IOException {
    float[] score = new float[scores];
    float[] margin = new float[outputs];
    String label = null;
    TreeSet<String> faults = new TreeSet<>();
    String reason = null;
    boolean isScored = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "score", "scores" -> {
          isScored = true;
          reason = AnsweredNumbers.read(json, score, 0) ? reason : WayAnswers.NOT_FINITE;
        }
        case "margin", "margins" ->
            reason = AnsweredNumbers.read(json, margin, 0) ? reason : WayAnswers.NOT_FINITE;
        case "label" -> label = json.getText();
        case "errors" -> faults.addAll(faults(json));
        case "error" -> faults.addAll(refusal(json));
        case "errors_omitted" -> reason = WayAnswers.LEFT_OUT;
        default -> {
          int stored = margins.indexOf(name);
          if (stored < 0) {
            json.skipChildren();
          } else {
            reason = AnsweredNumbers.read(json, margin, stored) ? reason : WayAnswers.NOT_FINITE;
          }
        }
      }
    }

    if (reason != null) {
      to.inexpressible(record, reason);
    } else if (!faults.isEmpty()) {
      to.refused(record, String.join(", ", faults));
    } else if (isScored) {
      to.scored(record, margin, 0, score, 0);
      if (label != null) {
        to.labelled(record, label);
      }
    }
  }

  /**
   * Reads the problem at the current token, and stops at its last token; returns its faults or, of
   * one without any, its code.
   */
  static TreeSet<String> refusal(JsonParser json) throws IOException {
    TreeSet<String> faults = new TreeSet<>();
    String code = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "errors" -> faults.addAll(faults(json));
        case "code" -> code = json.getText();
        default -> json.skipChildren();
      }
    }

    if (faults.isEmpty()) {
      faults.add(code);
    }

    return faults;
  }

  /** Reads the list of faults at the current token, and stops at its last token. */
  private static List<String> faults(JsonParser json) throws IOException {
    List<String> faults = new ArrayList<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      String field = "";
      String code = "";
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "field" -> field = json.getText();
          case "code" -> code = json.getText();
          default -> json.skipChildren();
        }
      }

      faults.add("%s: %s".formatted(field, code));
    }

    return faults;
  }
}
