/**
 * Rating networks that read reviews: DeepCoNN (Zheng et al., WSDM 2017), NARRE (Chen et al., WWW 2018) and DAML (Liu et al.,
 * KDD 2019). Their tensor functions are in the resource {@code torch/review.py}.
 */
package io.recthink.review;
