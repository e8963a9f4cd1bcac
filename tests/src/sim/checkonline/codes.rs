//! The code tables of the document.

/// Which numbering the ledger words the `Taxid` codes by (CO1). They differ in 1, 3, 4, 5 and 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxidDialect {
    /// The table of the Ferma document v1.7.
    Ferma17,
    /// The numbering of the native CheckOnline protocol.
    Native,
}

impl TaxidDialect {
    /// The rate behind a code from 1 to 10.
    pub(super) fn meaning(self, taxid: i64) -> &'static str {
        match (self, taxid) {
            (TaxidDialect::Ferma17, 1) | (TaxidDialect::Native, 4) => "НДС не облагается",
            (_, 2) => "НДС 10%",
            (TaxidDialect::Ferma17, 3) | (TaxidDialect::Native, 1) => "НДС 20%",
            (TaxidDialect::Ferma17, 4) | (TaxidDialect::Native, 3) => "НДС 0%",
            (TaxidDialect::Ferma17, 5) | (TaxidDialect::Native, 6) => "НДС 10/110",
            (TaxidDialect::Ferma17, 6) | (TaxidDialect::Native, 5) => "НДС 20/120",
            (_, 7) => "НДС 5%",
            (_, 8) => "НДС 7%",
            (_, 9) => "НДС 5/105",
            (_, 10) => "НДС 7/107",
            _ => "нет такого кода",
        }
    }
}

/// Operation sign (1054) of a `DocumentType` (CO2): the order is income, expense, income return, expense return.
pub(super) fn operation_sign(document_type: i64) -> Option<u8> {
    match document_type {
        0 => Some(1),
        1 => Some(3),
        2 => Some(2),
        3 => Some(4),
        _ => None,
    }
}

/// Whether the answer with this device error is kept and repeated: the matter is settled, nothing was formed.
pub(super) fn is_cached(device_error: u32) -> bool {
    matches!(device_error, 51 | 52 | 55 | 69 | 73 | 77 | 94 | 142 | 208 | 241..=246)
}

/// Table 3, the errors of the service.
pub(super) fn service_error(code: u32) -> &'static str {
    match code {
        1 => "Ошибка чтения запроса",
        2 => "Ошибка распознавания JSON",
        3 => "Отсутствует поле Device",
        4 => "Отсутствует поле Duration или QueueLen",
        5 => "Нет подходящих устройств (согласно выбранной стратегии)",
        6 => "Ошибка отправки запроса устройству",
        7 => "Значение поля Device «auto» допустимо только в пакетных командах",
        8 => "Неправильное имя (заводской номер) или адрес устройства",
        9 => "Неправильный адрес устройства",
        10 => "Неправильное имя (заводской номер) устройства",
        12 => "Ошибка активации устройства",
        13 => "Устройство уже существует",
        14 => "Устройство не активировано",
        15 => "Неправильно сформированный пароль устройства",
        16 => "Ошибка распознавания JSON ответа",
        17 => "Отсутствует поле RequestId",
        18 => "Устройство занято",
        19 => "Ошибка кэша сервера",
        20 => "Ошибка очереди асинхронных запросов",
        21 => "Поле Callback допустимо только в командах Batch и Complex",
        24 => "Запрос в процессе обработки",
        _ => "Неизвестная ошибка",
    }
}

/// Whether the service says that a repeat fails too.
pub(super) fn is_fatal_for_service(code: u32) -> bool {
    !matches!(code, 1 | 5 | 6 | 16 | 18 | 19 | 20 | 24)
}

/// The errors of the device, as far as a test may want to read them.
pub(super) fn device_error(code: u32) -> &'static str {
    match code {
        3 => "Ошибка ФН",
        5 => "Закончен срок эксплуатации ФН",
        6 => "Архив ФН переполнен",
        22 => "Продолжительность смены долее 24 часов",
        51 => "Параметр команды содержит неверные данные",
        52 => "Отсутствуют данные для команды",
        55 => "Команда не реализована",
        57 => "Внутренняя ошибка устройства",
        61 => "Смена не открыта",
        69 => "Сумма всех оплат меньше итога чека",
        70 => "Не хватает наличности в кассе",
        73 => "Неверный тип документа для данной команды",
        77 => "Сумма безналичных видов оплаты больше итога чека",
        80 => "Данные печатаются",
        85 => "Чек закрыт",
        94 => "Неверная команда",
        142 => "Нулевой итог чека",
        200 => "Тайм-аут принтера",
        208 => "Документ не содержит товарных позиций",
        239 => "Истёк срок аренды устройства",
        240 => "Ошибка при выполнении API-запроса",
        241 => "Неизвестная команда в пакете",
        242 => "Пустой запрос",
        243 => "Отсутствует идентификатор запроса RequestId",
        244 => "Ошибка при конвертации в JSON",
        245 => "Отсутствует идентификатор пакетного запроса RequestId",
        246 => "Ошибка при конвертации из JSON",
        253 => "Прочие ошибки принтера",
        254 => "Принтер в оффлайне",
        255 => "Фатальная ошибка устройства",
        _ => "Ошибка устройства",
    }
}
