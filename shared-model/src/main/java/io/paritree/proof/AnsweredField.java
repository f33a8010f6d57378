package io.paritree.proof;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an answer says of a field: that it has a fault, or is a reason.
 *
 * @param code null without one
 * @param contribution of a reason; NaN without one
 */
record AnsweredField(String field, String code, float contribution) {

  /** Reads the list at the current token, and stops at its last token. */
  static List<AnsweredField> list(JsonParser json) throws IOException {
    List<AnsweredField> fields = new ArrayList<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      String field = "";
      String code = null;
      float contribution = Float.NaN;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "field" -> field = json.getText();
          case "code" -> code = json.getText();
          case "contribution" -> contribution = AnsweredNumbers.one(json);
          default -> json.skipChildren();
        }
      }

      fields.add(new AnsweredField(field, code, contribution));
    }

    return fields;
  }
}
