package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * A model that is compared.
 *
 * @param version such as {@code credit/3}
 * @param digest of the package
 */
public record ComparedModel(String version, String digest) {
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("version", version);
    json.writeStringField("digest", digest);
  }
}
