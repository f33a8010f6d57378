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
 * @param address where it is posted to
 * @param key sent as bearer token; empty for none
 * @param longestWait how long a post may take
 */
public record Receiver(URI address, Optional<String> key, Duration longestWait) {

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
    } catch (RuntimeException e) {
      throw new IOException(e.toString());
    }

    if (response.statusCode() / 100 != 2) {
      throw new IOException("it was answered with status " + response.statusCode());
    }
  }

  /** Says nothing of the key. */
  @Override
  public String toString() {
    return address.toString();
  }
}
