/* Working lives under the national rules: the same monthly steps as lingbao.career.kernel, written by hand in C.

   This file is the yardstick of benchmarks/lifetime.py: what a compiler makes of the same arithmetic when nothing
   stands between it and the machine. A block of lives is stepped month by month, so that the innermost loops run over
   lives and become SIMD code. Built without contraction of a*b+c, so that it rounds as the kernel does, to the fen. */

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LANES 64
#define MOST_THREADS 64

/* Columns and rows, in the order of the enumerations in lingbao.career.kernel. */
enum { RATIO, AMOUNT, PAY_FROM, PAY_UNTIL, GAP_FROM, GAP_UNTIL, CLAIM, RHYTHM, MOVE,
       ACCOUNT, CREDITED, PRODUCT, INDICES, MONTHS, DEEMED, PAYOUT_MONTHS, LIFE_COLUMNS };
enum { AVERAGE_WAGE, FLOOR, CAP, TOTAL_RATE, ACCOUNT_RATE, REFERENCE_WAGE, BENEFIT_BASE, LAW_ROWS };
enum { BEFORE_MOVE, AFTER_MOVE, BENEFIT_PLACE, PLACES };
enum { OUT_ACCOUNT, OUT_INDICES, OUT_MONTHS, OUT_PAID, OUT_BASIC, OUT_ACCOUNT_PENSION, RESULT_COLUMNS };

typedef struct {
    int64_t first, months, provinces, lives;
    double accrual_rate;
    const uint8_t *changes;        /* months */
    const double *table;           /* months × LAW_ROWS × provinces */
    const double *crediting_rate;  /* months */
    const uint64_t *places;        /* lives × PLACES */
    const double *life;            /* lives × LIFE_COLUMNS */
    double *results;               /* lives × RESULT_COLUMNS */
    atomic_llong next_block;
} Task;

typedef double Row[LANES];

static inline double fen(double amount) { return floor(amount * 100.0 + 0.5 + 1e-7) / 100.0; }
static inline double four_decimals(double index) { return floor(index * 10000.0 + 0.5 + 1e-7) / 10000.0; }
static inline double lesser(double a, double b) { return b < a ? b : a; }
static inline double greater(double a, double b) { return b > a ? b : a; }

static void gather_law(const Task *task, int64_t t, const Row *life, const uint64_t (*place)[LANES], Row *law) {
    const double month = (double)(task->first + t);
    const double *rows = task->table + t * LAW_ROWS * task->provinces;
    for (int i = 0; i < LANES; i++) {
        const uint64_t here = month >= life[MOVE][i] ? place[AFTER_MOVE][i] : place[BEFORE_MOVE][i];
        for (int q = AVERAGE_WAGE; q <= ACCOUNT_RATE; q++) law[q][i] = rows[q * task->provinces + here];
        law[REFERENCE_WAGE][i] = rows[REFERENCE_WAGE * task->provinces + place[BENEFIT_PLACE][i]];
    }
}

static void mark(uint8_t *flags, double month, int64_t months) {
    if (month >= 0.0 && month < (double)months) flags[(int64_t)month] = 1;
}

/* moves, claims: room for one flag a month, whether any life of the block moves or claims then. */
static void run_block(const Task *task, int64_t low, uint8_t *moves, uint8_t *claims) {
    const int width = task->lives - low < LANES ? (int)(task->lives - low) : LANES;
    Row life[LIFE_COLUMNS], law[LAW_ROWS];
    Row account, credited, product, indices, months, paid, settled;
    uint64_t place[PLACES][LANES];
    memset(life, 0, sizeof life);
    memset(place, 0, sizeof place);
    memset(law, 0, sizeof law);
    for (int i = 0; i < LANES; i++) life[RHYTHM][i] = 1.0;
    for (int i = 0; i < width; i++) {
        for (int q = 0; q < LIFE_COLUMNS; q++) life[q][i] = task->life[(low + i) * LIFE_COLUMNS + q];
        for (int q = 0; q < PLACES; q++) place[q][i] = task->places[(low + i) * PLACES + q];
    }
    for (int i = 0; i < LANES; i++) {
        account[i] = life[ACCOUNT][i];
        credited[i] = life[CREDITED][i];
        product[i] = life[PRODUCT][i];
        indices[i] = life[INDICES][i];
        months[i] = life[MONTHS][i];
        paid[i] = settled[i] = 0.0;
    }
    memset(moves, 0, (size_t)task->months);
    memset(claims, 0, (size_t)task->months);
    for (int i = 0; i < width; i++) {
        mark(moves, life[MOVE][i] - (double)task->first, task->months);
        mark(claims, life[CLAIM][i] - (double)task->first, task->months);
    }
    for (int64_t t = 0; t < task->months; t++) {
        const double month = (double)(task->first + t);
        const int number = (int)((task->first + t) % 12) + 1;
        const double month_of_year = number, rate = task->crediting_rate[t];
        const double quarter = (number + 2) / 3 * 3, half = (number + 5) / 6 * 6;
        if (task->changes[t] || moves[t])
            gather_law(task, t, (const Row *)life, (const uint64_t (*)[LANES])place, law);
        for (int i = 0; i < LANES; i++) {
            const int pays = (month >= life[PAY_FROM][i]) & (month < life[PAY_UNTIL][i])
                           & ((month < life[GAP_FROM][i]) | (month >= life[GAP_UNTIL][i]));
            const double rhythm = life[RHYTHM][i];
            const double posted = rhythm == 1.0 ? month_of_year : rhythm == 3.0 ? quarter : rhythm == 6.0 ? half : 12.0;
            const double earning = 13.0 - lesser(posted, month_of_year + life[CLAIM][i] - month);
            const double declared = life[RATIO][i] * law[AVERAGE_WAGE][i] + life[AMOUNT][i];
            const double base = lesser(greater(declared, law[FLOOR][i]), law[CAP][i]);
            const double credit = pays ? fen(base * law[ACCOUNT_RATE][i]) : 0.0;
            const double payment = pays ? fen(base * law[TOTAL_RATE][i]) : 0.0;
            const double index = pays ? base / law[REFERENCE_WAGE][i] : 0.0;
            credited[i] += credit;
            product[i] += credit * earning;
            indices[i] += index;
            months[i] += pays ? 1.0 : 0.0;
            paid[i] += payment;
        }
        if (claims[t])
            for (int i = 0; i < LANES; i++) {
                const double earned = product[i] - credited[i] * (12.0 - month_of_year);
                const double now = fen(account[i] * (1.0 + rate * month_of_year / 12.0) + credited[i] + earned * rate / 12.0);
                settled[i] = life[CLAIM][i] == month ? now : settled[i];
            }
        if (number == 12)
            for (int i = 0; i < LANES; i++) {
                account[i] = fen(account[i] * (1.0 + rate) + credited[i] + product[i] * rate / 12.0);
                credited[i] = product[i] = 0.0;
            }
    }
    for (int i = 0; i < width; i++) {
        double *out = task->results + (low + i) * RESULT_COLUMNS;
        const int64_t claim = (int64_t)life[CLAIM][i] - task->first;
        out[OUT_ACCOUNT] = settled[i];
        out[OUT_INDICES] = indices[i];
        out[OUT_MONTHS] = months[i];
        out[OUT_PAID] = paid[i];
        if (claim < 0 || claim >= task->months || months[i] <= 0.0) continue;
        const double base = task->table[(claim * LAW_ROWS + BENEFIT_BASE) * task->provinces + (int64_t)place[BENEFIT_PLACE][i]];
        const double mean_index = four_decimals(indices[i] / months[i]);
        out[OUT_BASIC] = fen((base + base * mean_index) / 2.0 * (months[i] + life[DEEMED][i]) / 12.0 * task->accrual_rate);
        out[OUT_ACCOUNT_PENSION] = fen(settled[i] / life[PAYOUT_MONTHS][i]);
    }
}

static void *work(void *argument) {
    Task *task = argument;
    uint8_t *flags = malloc(2 * (size_t)task->months);
    if (flags == NULL) return NULL;
    for (;;) {
        const int64_t low = (int64_t)atomic_fetch_add(&task->next_block, 1) * LANES;
        if (low >= task->lives) break;
        run_block(task, low, flags, flags + task->months);
    }
    free(flags);
    return NULL;
}

void lifetimes(int64_t first, int64_t months, int64_t provinces, int64_t lives, double accrual_rate, const uint8_t *changes,
               const double *table, const double *crediting_rate, const uint64_t *places, const double *life,
               double *results, int64_t threads) {
    Task task = {.first = first, .months = months, .provinces = provinces, .lives = lives, .accrual_rate = accrual_rate,
                 .changes = changes, .table = table, .crediting_rate = crediting_rate, .places = places,
                 .life = life, .results = results};
    pthread_t others[MOST_THREADS];
    int started = 0;
    atomic_init(&task.next_block, 0);
    while (started < threads - 1 && started < MOST_THREADS && pthread_create(&others[started], NULL, work, &task) == 0) started++;
    work(&task);
    for (int k = 0; k < started; k++) pthread_join(others[k], NULL);
}
