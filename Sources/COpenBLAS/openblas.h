#pragma once
#include <cblas.h>

/* LAPACK's divide-and-conquer eigensolver of symmetric matrices, by its Fortran name: Debian's OpenBLAS has no LAPACKE. */
void ssyevd_(
    const char *jobz, const char *uplo, const int *n, float *a, const int *lda, float *w, float *work,
    const int *lwork, int *iwork, const int *liwork, int *info);
