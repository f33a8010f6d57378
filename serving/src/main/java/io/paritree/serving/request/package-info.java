/**
 * What the protocols share about a request: which model it addresses, its query, its body and
 * content types, its rows, and how many it may have.
 *
 * <p>Knows the models in service. Knows no protocol and no route, and of Jetty only how it reads
 * headers.
 */
package io.paritree.serving.request;
