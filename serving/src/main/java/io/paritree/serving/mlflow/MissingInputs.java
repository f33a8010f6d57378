package io.paritree.serving.mlflow;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.NearestName;
import io.paritree.record.Hints;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.Problem.PointedFault;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The columns that the model reads and a request to {@code /invocations} lacks, in MLflow's words.
 *
 * @param lacking names of columns, in the model's order; at least one
 * @param extra names in the request that no feature reads, in the request's order
 */
record MissingInputs(List<String> lacking, Collection<String> extra) {
  private static final int MAX_SHOWN = 20;
  private static final int MAX_NAME = 100;

  private static final int MAX_SEARCHED = 100;

  /** Returns MLflow's message, of bounded length. */
  String text() {
    String missing = "Model is missing inputs %s.".formatted(shown(lacking));
    return extra.isEmpty()
        ? missing
        : missing + " Note that there were extra inputs: %s.".formatted(shown(extra));
  }

  private static String shown(Collection<String> names) {
    List<String> quoted =
        names.stream()
            .limit(MAX_SHOWN)
            .map(name -> "'" + Fault.printable(name, MAX_NAME) + "'")
            .toList();
    int more = names.size() - quoted.size();
    return quoted + (more == 0 ? "" : " and %s more".formatted(more));
  }

  /**
   * Returns a fault per column; the first ones have the nearest name in the request as a hint.
   *
   * @param prefix JSON pointer to the data
   * @param max the largest number of faults
   */
  List<PointedFault> faults(String prefix, int max) {
    List<String> searched = extra.stream().limit(MAX_SEARCHED).toList();
    Hints hints = new Hints();
    List<PointedFault> faults = new ArrayList<>();
    for (String column : lacking.subList(0, Math.min(max, lacking.size()))) {
      String hint =
          hints
              .nearest(column, name -> NearestName.of(name, searched))
              .map(near -> "the request has '" + Fault.printable(near, MAX_NAME) + "'")
              .orElse("");
      faults.add(
          PointedFault.under(
              prefix,
              new Fault(
                  FaultCode.MISSING_VALUE,
                  column,
                  "no such column",
                  "a column, because the model reads it",
                  hint)));
    }

    return faults;
  }

  /**
   * Returns the names of all fields of the records in a body's list, or of its only record.
   *
   * <p>Reads the body again: only a request that is refused needs the names.
   *
   * @param form the member that holds the data
   */
  static List<String> names(JsonDocument document, String form) throws MalformedJsonException {
    Set<String> names = new LinkedHashSet<>();
    document.next();
    for (String name = document.member(); name != null; name = document.member()) {
      boolean data = name.equals(form);
      if (data && form.equals("inputs") && document.token() == JsonToken.START_OBJECT) {
        addNames(document, names);
      } else if (data && document.token() == JsonToken.START_ARRAY) {
        while (document.next() != JsonToken.END_ARRAY) {
          addNames(document, names);
        }
      } else {
        document.skip();
      }
    }

    return List.copyOf(names);
  }

  private static void addNames(JsonDocument document, Set<String> names)
      throws MalformedJsonException {
    if (document.token() != JsonToken.START_OBJECT) {
      document.skip();
      return;
    }

    for (String name = document.member(); name != null; name = document.member()) {
      names.add(name);
      document.skip();
    }
  }
}
