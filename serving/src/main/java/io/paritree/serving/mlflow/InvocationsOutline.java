package io.paritree.serving.mlflow;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.ReasonsRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a JSON body of MLflow's {@code /invocations} holds besides its data.
 *
 * <p>Read before the data, because the columns may come after it. A member that is null counts as
 * absent; other members are ignored.
 *
 * @param form the name of the member that holds the data
 * @param flat whether the data is one record, an object of values that are no lists
 * @param columns the names of a {@code dataframe_split}, if it has them
 * @param params the options in {@code params}
 */
record InvocationsOutline(
    String form, boolean flat, Optional<List<String>> columns, Params params) {
  /** What the names of parameters begin with in messages. */
  private static final String PREFIX = "params.";

  /**
   * The options in {@code params}.
   *
   * @param predictMethod {@code predict_method}; empty if it is not given
   * @param reasons the reasons that the answer has; empty for none
   */
  record Params(String predictMethod, Optional<ReasonsRequest> reasons) {
    static final Params NONE = new Params("", Optional.empty());
  }

  /** The members that may hold the data. */
  private static final List<String> FORMS =
      List.of("dataframe_split", "dataframe_records", "instances", "inputs");

  private static final String ONE_FORM =
      "Invalid input. The input must be a JSON dictionary with exactly one of the input fields '%s'"
          .formatted(String.join("', '", FORMS));

  /**
   * Reads a body to its end.
   *
   * @throws ProblemException with 400 if it has none of the protocol's forms
   */
  static InvocationsOutline read(JsonDocument document) throws MalformedJsonException {
    if (document.next() != JsonToken.START_OBJECT) {
      throw malformed(ONE_FORM + ".");
    }

    String form = "";
    boolean flat = false;
    Optional<List<String>> columns = Optional.empty();
    Params params = null;
    boolean signatureName = false;
    for (String name = document.member(); name != null; name = document.member()) {
      if (FORMS.contains(name) && document.token() != JsonToken.VALUE_NULL) {
        if (!form.isEmpty()) {
          throw malformed(ONE_FORM + "; it has more.");
        }

        form = name;
        if (name.equals("dataframe_split")) {
          columns = splitColumns(document);
        } else if (name.equals("inputs") && document.token() == JsonToken.START_OBJECT) {
          flat = beginsFlat(document);
        }
      } else if (name.equals("params") && document.token() != JsonToken.VALUE_NULL) {
        if (params != null) {
          throw malformed("'params' must occur only once.");
        }

        params = params(document);
      } else if (name.equals("signature_name")) {
        signatureName = true;
      }

      document.skip();
    }

    document.end();
    if (form.isEmpty()) {
      throw malformed(ONE_FORM + "; it has none.");
    }

    // With the forms of a data frame it is ignored, as other members are.
    if (signatureName && (form.equals("instances") || form.equals("inputs"))) {
      throw malformed("\"signature_name\" parameter is currently not supported");
    }

    return new InvocationsOutline(form, flat, columns, params == null ? Params.NONE : params);
  }

  private static Optional<List<String>> splitColumns(JsonDocument document)
      throws MalformedJsonException {
    if (document.token() != JsonToken.START_OBJECT) {
      throw split();
    }

    Optional<List<String>> columns = Optional.empty();
    Set<String> seen = new HashSet<>();
    while (document.next() == JsonToken.FIELD_NAME) {
      String name = document.name();
      if (!seen.add(name)) {
        throw split();
      }

      document.next();
      switch (name) {
        case "data", "index" -> document.skip();
        case "columns" -> columns = names(document);
        default -> throw split();
      }
    }

    if (!seen.contains("data")) {
      throw split();
    }

    return columns;
  }

  /** Returns whether the first value of an object is no list, and reads the object to its end. */
  private static boolean beginsFlat(JsonDocument document) throws MalformedJsonException {
    boolean flat = false;
    for (boolean first = true; document.next() == JsonToken.FIELD_NAME; first = false) {
      flat |= document.next() != JsonToken.START_ARRAY && first;
      document.skip();
    }

    return flat;
  }

  private static Optional<List<String>> names(JsonDocument document) throws MalformedJsonException {
    if (document.token() == JsonToken.VALUE_NULL) {
      return Optional.empty();
    }

    if (document.token() != JsonToken.START_ARRAY) {
      throw malformed("The 'columns' of a dataframe_split must be a list of names.");
    }

    List<String> names = new ArrayList<>();
    Set<String> unique = new HashSet<>();
    while (document.next() != JsonToken.END_ARRAY) {
      if (document.token() != JsonToken.VALUE_STRING || !unique.add(document.text())) {
        throw malformed("The 'columns' of a dataframe_split must be names, each once.");
      }

      names.add(document.text());
    }

    return Optional.of(names);
  }

  private static Params params(JsonDocument document) throws MalformedJsonException {
    if (document.token() != JsonToken.START_OBJECT) {
      throw malformed("'params' must be an object.");
    }

    String method = "";
    Map<String, String> ofReasons = new HashMap<>();
    for (String name = document.member(); name != null; name = document.member()) {
      ReasonsRequest.read(document, name, PREFIX, ofReasons);
      if (name.equals("predict_method")) {
        // A value that is not text is not a method.
        method = document.token() == JsonToken.VALUE_NULL ? "" : document.text();
      }

      document.skip();
    }

    return new Params(method, ReasonsRequest.of(ofReasons, PREFIX));
  }

  /** Returns the refusal of a {@code dataframe_split} that has another form. */
  static ProblemException split() {
    return malformed(
        "Dataframe split format must have 'data' field and optionally 'columns' and 'index' fields.");
  }

  /** Returns the refusal of a body that does not have the protocol's form. */
  static ProblemException malformed(String detail) {
    return new ProblemException(Problems.MALFORMED_BODY.of(detail));
  }
}
