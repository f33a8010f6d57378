package io.paritree.spark.report;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/**
 * What receives JSON by HTTP.
 *
 * @param shown its name in messages
 * @param address where it is posted to; no message shows it
 * @param key sent as bearer token; empty for none
 * @param longestWait how long a post may take
 */
public record Receiver(String shown, URI address, Optional<String> key, Duration longestWait) {

  /**
   * Posts a document and waits until it is accepted. A redirect is no acceptance, and is not
   * followed: nobody else gets the document.
   *
   * @throws IOException if it is not, or not in time
   */
  public void post(byte[] json) throws IOException, InterruptedException {
    HttpResponse<Void> response;
    try {
      // The oldest version, which all servers speak; nothing is asked twice here.
      HttpClient client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(longestWait)
              .build();
      HttpRequest.Builder request =
          HttpRequest.newBuilder(address)
              .timeout(longestWait)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofByteArray(json));
      key.ifPresent(token -> request.header("Authorization", "Bearer " + token));
      response = client.send(request.build(), BodyHandlers.discarding());
    } catch (IOException | RuntimeException e) {
      if (e instanceof IOException known && !isNamed(e)) {
        throw known;
      }

      throw new IOException(isNamed(e) ? e.getClass().getSimpleName() : e.toString());
    }

    if (response.statusCode() / 100 != 2) {
      throw new IOException("it was answered with status " + response.statusCode());
    }
  }

  private boolean isNamed(Exception failure) {
    String path = String.valueOf(address.getRawPath());
    return path.length() > 1 && String.valueOf(failure.getMessage()).contains(path);
  }

  /** Says nothing of address and key. */
  @Override
  public String toString() {
    return shown;
  }
}
